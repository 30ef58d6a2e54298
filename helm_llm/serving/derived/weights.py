"""The minimum size of a model's weights, by its name and what is known of their precision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helm_llm.serving.derived.model_name import billions
from helm_llm.serving.spec.spec import TIMES, ServingSpec

GIGA = 10**9

_HALF_BYTE = 0.55
"""Four bits, and a share of the scales."""
_BYTES = {
    **dict.fromkeys(
        ("fp8", "mxfp8", "int8", "w8a8", "w8a16", "8bit", "smoothquant"), 1.0
    ),
    **dict.fromkeys(("awq", "gptq", "autoround", "int4", "4bit", "bnb"), _HALF_BYTE),
    **dict.fromkeys(("w4a16", "w4a8", "w4afp8", "fp4", "nvfp4", "mxfp4"), _HALF_BYTE),
    **dict.fromkeys(("bf16", "fp16"), 2.0),
}
"""Word of a name -> bytes of a parameter. The first word counts: `GPTQ-Int8` has eight bits."""
_UNKNOWABLE = re.compile(
    "gguf|ggml|exl[23]|aqlm|quip|hqq|bitnet|[12356]bits?|q[2-6]|tiny|random|pruned.*"
)
"""Formats of several sizes, and unusual sizes."""
_RELEASED_QUANTIZED = (
    (re.compile("gpt-oss"), _HALF_BYTE),
    (re.compile(r"tral.*-(2512|26\d\d)"), 1.0),
    (re.compile("deepseek.*(671|685)b"), 1.0),
)
"""Models that are released quantized without a word in their names.

They are from OpenAI, from Mistral since December 2025, and DeepSeek's largest.
"""
_UNQUANTIZED = 2.0
_CHOSEN_BY_A_NIM = 1.0
"""A NIM prefers a profile with FP8 if the GPU supports that."""


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
    """The weights of the model.

    None if the name does not show the number of parameters, or names a format of
    several sizes.
    """
    parameters = billions(serving.model.name)
    name = f"{serving.model.name}-{serving.model.profile}".lower()
    words = re.split(r"[^a-z0-9]+", name.replace("-bit", "bit"))
    if not parameters or any(map(_UNKNOWABLE.fullmatch, words)):
        return None
    usual = _CHOSEN_BY_A_NIM
    if serving.command:
        usual = _UNQUANTIZED
    size = _size_in_name(name, words) or usual
    # Quantization while loading makes the weights smaller than the name says.
    smallest = min([size, *_quantizations(serving)])
    return Weights(parameters, smallest)


def _size_in_name(name: str, words: Sequence[str]) -> float | None:
    """Bytes of a parameter, by a word of the name or by the model."""
    for word, size in _BYTES.items():
        if word in words:
            return size
    for model, size in _RELEASED_QUANTIZED:
        if model.search(name):
            return size
    return None


def _quantizations(serving: ServingSpec) -> Iterator[float]:
    """Bytes of a parameter by `--quantization` and by the model's own configuration."""
    if serving.command:
        yield from _size_of_method(serving.command.value("--quantization"))
    config = (serving.facts.model_config or {}).get("quantization_config")
    if isinstance(config, dict):
        yield from _size_of_method(config.get("quant_method"))


def _size_of_method(method: object) -> Iterator[float]:
    if method is None:
        return
    if "fp8" in str(method):
        yield 1.0
    else:
        yield _HALF_BYTE
