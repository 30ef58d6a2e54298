"""engine-variable-unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.engines.history import Fate, variable_fate, variables
from helm_llm.engines.release import Release, release_text
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import certain_match, near
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-variable-unknown", Severity.WARNING, Confidence.CERTAIN)
def engine_variable_unknown(serving: ServingSpec) -> Iterator[Problem]:
    """The engine does not read this variable.

    ## Why
    A misspelled variable, or one of another release, has no effect. Before vLLM 0.17
    nothing reports it; later releases log `Unknown vLLM environment variable detected`,
    and with `--fail-on-environ-validation` the server stops.

    Nothing is reported for the variables of platform plugins or when VLLM_PLUGINS is
    set. In a custom build, which may read more variables, only likely misspellings are
    reported.

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
    command = serving.command
    if command is None or "VLLM_PLUGINS" in command.variables:
        return
    release = command.release if command.exact else None
    expanded = _expanded_names(command)
    for name, path in command.variables.items():
        if not name.startswith("VLLM_") or name.startswith(_PLUGINS):
            continue
        # The user's own variable, for use in an argument or in another variable.
        if name in expanded:
            continue
        fate = variable_fate(name, release)
        if fate and (message := _message(fate, release)):
            yield Problem(path, message)


def _expanded_names(command: CommandLine) -> frozenset[str]:
    """Variables that the kubelet expands in an argument or in another variable."""
    names: set[str] = set()
    for field in (*command.words, *command.texts.values()):
        if field is not None:
            names.update(_REFERENCE.findall(field.value))
    return frozenset(names)


_REFERENCE = re.compile(r"\$\(([-.\w]+)\)")


def _message(fate: Fate, release: Release | None) -> str | None:
    if fate.gone:
        message = f"{fate.name} was removed in vLLM {fate.gone}"
        if fate.replacement:
            message += f": use {fate.replacement}"
        return message
    # Without a release the image may be a custom build, which may read more variables.
    if release is None:
        similar = certain_match(fate.name, variables())
        if similar is None:
            return None
        return f"no release of vLLM reads {fate.name}, did you mean {similar}?"
    message = f"vLLM {release_text(release)} does not read {fate.name}"
    if fate.comes:
        return f"{message}, which was added in {fate.comes}"
    similar = near(fate.name, variables())
    return f"{message}, did you mean {similar}?" if similar else message


# Platforms whose plugins are separate packages and read variables of their own.
_PLUGINS = (
    "VLLM_ASCEND_",
    "VLLM_GAUDI_",
    "VLLM_HPU_",
    "VLLM_METAL_",
    "VLLM_NEURON_",
    "VLLM_OMNI_",
    "VLLM_RBLN_",
    "VLLM_SPYRE_",
)
