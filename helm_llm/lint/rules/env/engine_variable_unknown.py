"""engine-variable-unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.engines.history import Fate, variable_fate, variables
from helm_llm.engines.release import Release, text
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near, surely
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


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
    referred_to = _referred_to(serving.command)
    for name, path in serving.command.variables.items():
        known = (
            not name.startswith("VLLM_")
            or name.startswith(_PLUGINS)
            or name in referred_to
        )
        fate = None if known else variable_fate(name, release)
        if fate and (message := _message(fate, release)):
            yield Problem(path, message)


def _referred_to(command: CommandLine) -> frozenset[str]:
    """What kubelet puts into an argument or another variable."""
    fields = (*command.words, *command.texts.values())
    return frozenset(
        name for field in fields if field for name in _REFERENCE.findall(field.value)
    )


_REFERENCE = re.compile(r"\$\(([-.\w]+)\)")


def _message(fate: Fate, release: Release | None) -> str | None:
    """A build of one's own may read variables of its own: there only what is misspelt is reported."""
    reader = (
        f"vLLM {text(release)} does not read" if release else "no release of vLLM reads"
    )
    if fate.gone:
        instead = f": use {fate.replacement}" if fate.replacement else ""
        return f"{reader} {fate.name}, gone since {fate.gone}{instead}"
    if fate.comes:
        return f"{reader} {fate.name}: it comes with {fate.comes}"
    similar = (
        near(fate.name, variables()) if release else surely(fate.name, variables())
    )
    if not release and not similar:
        return None
    return f"{reader} {fate.name}" + (f", did you mean {similar}?" if similar else "")


_PLUGINS = tuple(
    f"VLLM_{name}_"
    for name in ("ASCEND", "GAUDI", "HPU", "METAL", "NEURON", "OMNI", "RBLN", "SPYRE")
)
"""Variables of platforms that are packages of their own."""
