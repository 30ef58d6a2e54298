"""Where vLLM keeps what it downloads from the Hub."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.serving.spec.field import Field

_HUB = ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")
_UNTOLD = frozenset({"VLLM_USE_MODELSCOPE"})


def hub_cache(
    flags: Mapping[str, Field[str]],
    variables: Mapping[str, Field[str] | None],
    home: Field[str],
) -> Field[str] | None:
    """The directory of the weights; `home` is what the chart sets HF_HOME to. None where values do not tell.

    `--download-dir` comes first, then HF_HUB_CACHE, then HF_HOME. TRANSFORMERS_CACHE holds no weights.
    """
    if "--config" in flags or not _UNTOLD.isdisjoint(variables):
        return None
    if "--download-dir" in flags:
        return _literal(flags["--download-dir"])
    hub = next((name for name in _HUB if name in variables), None)
    if hub:
        return _literal(variables[hub])
    found = _literal(variables.get("HF_HOME", home))
    return Field(f"{found.value.rstrip('/')}/hub", found.path) if found else None


def _literal(given: Field[str] | None) -> Field[str] | None:
    """An absolute path as written; kubelet replaces $(NAME)."""
    return (
        given
        if given and given.value.startswith("/") and "$(" not in given.value
        else None
    )
