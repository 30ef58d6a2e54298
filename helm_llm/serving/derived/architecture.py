"""The properties of a model with which the engine compares its arguments: heads and positions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from helm_llm.facts import Facts
from helm_llm.serving.spec.spec import Model

_LARGEST = 2**31
"""More heads or positions than any model will have."""
_HEADS = ("num_attention_heads", "n_head")
_POSITIONS = ("max_position_embeddings", "n_positions")


@dataclass(frozen=True, slots=True)
class Architecture:
    """Attention heads, and the longest context in tokens; None is unknown."""

    heads: int | None
    positions: int | None = None


def architecture(model: Model, facts: Facts) -> Architecture | None:
    """The architecture in the config.json of the facts, else that of a well-known model."""
    if facts.model_config is not None:
        return _of_config(facts.model_config)
    name = model.name.lower()
    for pattern, known in _KNOWN:
        if re.fullmatch(pattern, name, re.ASCII):
            return known
    return None


def _of_config(config: Mapping[str, object]) -> Architecture:
    # Multimodal models have a separate configuration of their language model.
    text = config.get("text_config")
    if isinstance(text, Mapping):
        config = text
    return Architecture(_first(config, _HEADS), _longest(config))


def _longest(config: Mapping[str, object]) -> int | None:
    # A rotary embedding may extend the context, by an amount that depends on the release.
    for key in ("rope_scaling", "rope_parameters"):
        if "factor" in str(config.get(key)):
            return None
    positions = _first(config, _POSITIONS)
    if positions is None:
        return None
    return max(positions, _first(config, ("model_max_length",)) or 0)


def _first(config: Mapping[str, object], keys: tuple[str, ...]) -> int | None:
    """The first of the keys that holds a plausible count."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        if 0 < value <= _LARGEST:
            return value
    return None


# Positions only where every release of the engine reads the same from the repository.
_KNOWN: tuple[tuple[str, Architecture], ...] = (
    (r"microsoft/dialogpt-small", Architecture(12, 1024)),
    (r"microsoft/dialogpt-medium", Architecture(16, 1024)),
    (r"microsoft/dialogpt-large", Architecture(20, 1024)),
    (r"facebook/opt-125m", Architecture(12, 2048)),
    (r"meta-llama/llama-2-7b(-chat)?-hf", Architecture(32, 4096)),
    (r"meta-llama/llama-2-13b(-chat)?-hf", Architecture(40, 4096)),
    (r"meta-llama/llama-2-70b(-chat)?-hf", Architecture(64, 4096)),
    (r"meta-llama/meta-llama-3-8b(-instruct)?", Architecture(32, 8192)),
    (r"meta-llama/meta-llama-3-70b(-instruct)?", Architecture(64, 8192)),
    (r"meta-llama/(meta-)?llama-3\.1-8b(-instruct)?", Architecture(32, 131072)),
    (
        r"meta-llama/((meta-)?llama-3\.1-70b(-instruct)?|llama-3\.3-70b-instruct)",
        Architecture(64, 131072),
    ),
    (
        r"meta-llama/(meta-)?llama-3\.1-405b(-instruct)?(-fp8)?",
        Architecture(128, 131072),
    ),
    (r"mistralai/(mistral-7b|mixtral-8x7b)(-instruct)?-v0\.[123]", Architecture(32)),
    (r"qwen/qwen2\.5-7b-instruct", Architecture(28, 32768)),
    (r"qwen/qwen2\.5-(14b|32b)-instruct", Architecture(40, 32768)),
    (r"qwen/qwen2\.5-72b-instruct", Architecture(64, 32768)),
    (r"qwen/qwen3-(0\.6b|1\.7b)", Architecture(16, 40960)),
    (r"qwen/qwen3-(4b|8b)", Architecture(32, 40960)),
    (r"qwen/qwen3-14b", Architecture(40, 40960)),
    (r"qwen/qwen3-32b", Architecture(64, 40960)),
    (r"google/gemma-2-2b(-it)?", Architecture(8, 8192)),
    (r"google/gemma-2-9b(-it)?", Architecture(16, 8192)),
    (r"google/gemma-2-27b(-it)?", Architecture(32, 8192)),
    (r"deepseek-ai/deepseek-(v3|r1)", Architecture(128, 163840)),
)
