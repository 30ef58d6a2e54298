"""engine-variable-unknown."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.history import Fate, variable_fate, variables
from helm_llm.engines.release import Release, text
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near
from helm_llm.serving.spec import ServingSpec


@rule("engine-variable-unknown", Severity.WARNING, Confidence.CERTAIN)
def engine_variable_unknown(serving: ServingSpec) -> Iterator[Problem]:
    """The engine does not read this variable.

    ## Why
    A misspelt variable, or one of another release, changes nothing: before vLLM 0.17 nobody says so, since then the log
    has `Unknown vLLM environment variable detected`, and with `--fail-on-environ-validation` the server stops.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      env:
        - {name: VLLM_LOG_LEVEL, value: DEBUG}
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      env:
        - {name: VLLM_LOGGING_LEVEL, value: DEBUG}
    ```
    """
    if serving.command is None or "VLLM_PLUGINS" in serving.command.variables:
        return
    release = serving.command.release if serving.command.exact else None
    for name, path in serving.command.variables.items():
        known = not name.startswith("VLLM_") or name.startswith(_PLUGINS)
        if not known and (fate := variable_fate(name, release)):
            yield Problem(path, _message(fate, release))


def _message(fate: Fate, release: Release | None) -> str:
    reader = f"vLLM {text(release)} does not read" if release else "no release of vLLM reads"
    if fate.gone:
        instead = f": use {fate.replacement}" if fate.replacement else ""
        return f"{reader} {fate.name}, gone since {fate.gone}{instead}"
    if fate.comes:
        return f"{reader} {fate.name}: it comes with {fate.comes}"
    similar = near(fate.name, variables())
    return f"{reader} {fate.name}" + (f", did you mean {similar}?" if similar else "")


_PLUGINS = tuple(f"VLLM_{name}_" for name in ("ASCEND", "GAUDI", "HPU", "METAL", "NEURON", "OMNI", "RBLN", "SPYRE"))
"""Variables of platforms that are packages of their own."""
