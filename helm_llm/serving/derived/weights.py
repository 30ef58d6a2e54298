"""How many bytes the weights of a model take at the least, by its name and what is known of their precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm.serving.derived.model_name import billions
from helm_llm.serving.spec.spec import TIMES, ServingSpec

GIGA = 10**9

_HALF_BYTE = 0.55
"""Four bits, and the scales that belong to them."""
_BYTES = {
    **dict.fromkeys(
        ("fp8", "mxfp8", "int8", "w8a8", "w8a16", "8bit", "smoothquant"), 1.0
    ),
    **dict.fromkeys(("awq", "gptq", "autoround", "int4", "4bit", "bnb"), _HALF_BYTE),
    **dict.fromkeys(("w4a16", "w4a8", "w4afp8", "fp4", "nvfp4", "mxfp4"), _HALF_BYTE),
    **dict.fromkeys(("bf16", "fp16"), 2.0),
}
"""By a word of the name; the first one counts: the weights of a `GPTQ-Int8` have eight bits."""
_UNTOLD = re.compile(
    "gguf|ggml|exl[23]|aqlm|quip|hqq|bitnet|[12356]bits?|q[2-6]|tiny|random|pruned.*"
)
"""Formats of several sizes, and sizes that few use."""
_RELEASED_QUANTIZED = (
    (re.compile("gpt-oss"), _HALF_BYTE),
    (re.compile(r"tral.*-(2512|26\d\d)"), 1.0),
    (re.compile("deepseek.*(671|685)b"), 1.0),
)
"""Models whose names do not say so: those of OpenAI, of Mistral since December 2025, and DeepSeek's largest."""
_UNQUANTIZED = 2.0
_CHOSEN_BY_A_NIM = 1.0
"""A NIM prefers a profile with FP8 where the GPU has it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Parameters in billions, and bytes for each."""

    billions: float
    bytes_each: float

    @property
    def gigabytes(self) -> float:
        return self.billions * self.bytes_each

    def __str__(self) -> str:
        return (
            f"{round(self.billions, 1):g}B parameters {TIMES} {self.bytes_each:g} bytes"
        )


def weights(serving: ServingSpec) -> Weights | None:
    """None where the name does not tell the number of parameters, or tells a format of several sizes."""
    parameters, name = (
        billions(serving.model.name),
        f"{serving.model.name}-{serving.model.profile}".lower(),
    )
    words = re.split(r"[^a-z0-9]+", name.replace("-bit", "bit"))
    if not parameters or any(map(_UNTOLD.fullmatch, words)):
        return None
    named = next((each for word, each in _BYTES.items() if word in words), None)
    released = next(
        (each for model, each in _RELEASED_QUANTIZED if model.search(name)), None
    )
    unnamed = _UNQUANTIZED if serving.command else _CHOSEN_BY_A_NIM
    return Weights(
        parameters, min([named or released or unnamed, *_quantizations(serving)])
    )


def _quantizations(serving: ServingSpec) -> Iterator[float]:
    """What `--quantization` and the model's own configuration say."""
    method = serving.command.value("--quantization") if serving.command else None
    config = (serving.facts.model_config or {}).get("quantization_config") or {}
    for name in (
        method,
        config.get("quant_method") if isinstance(config, dict) else None,
    ):
        if name is not None:
            yield 1.0 if "fp8" in str(name) else _HALF_BYTE
