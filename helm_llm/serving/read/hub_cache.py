"""Where vLLM stores what it downloads from the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field

_HUB = ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")


def hub_cache(
    command: CommandLine, variables: Mapping[str, Field[str] | None], home: Field[str]
) -> Field[str] | None:
    """The directory of the weights, or None if it is unknown.

    `--download-dir` wins over HF_HUB_CACHE, and HF_HUB_CACHE over HF_HOME, which the
    chart sets to `home`. TRANSFORMERS_CACHE does not hold weights.
    """
    if command.written("--config") or "VLLM_USE_MODELSCOPE" in variables:
        return None
    directory = command.written("--download-dir")
    if directory:
        return _absolute(directory)
    for name in _HUB:
        if name in variables:
            return _absolute(variables[name])
    found = _absolute(variables.get("HF_HOME", home))
    if found is None:
        return None
    directory_of_home = found.value.rstrip("/")
    return Field(f"{directory_of_home}/hub", found.path)


def _absolute(given: Field[str] | None) -> Field[str] | None:
    """An absolute path without references, which only kubelet can resolve."""
    if given is None:
        return None
    directory = given.value
    if not directory.startswith("/"):
        return None
    if "$(" in directory:
        return None
    return given
