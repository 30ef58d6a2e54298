"""engine-argument-removed."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.history import flag_fate
from helm_llm.engines.parser import Reason
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-removed", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_removed(serving: ServingSpec) -> Iterator[Problem]:
    """The engine no longer has this argument.

    ## Why
    A later image rejects an argument that an earlier one accepted: the server stops
    with `vllm: error: unrecognized arguments` and exit code 2, and the pod keeps
    restarting. This happens after an upgrade of the image, with values that used to
    work.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      tag: v0.33.0
    vllm:
      additionalArgs:
        - '--rope-scaling={"rope_type": "yarn", "factor": 4.0}'
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      tag: v0.33.0
    vllm:
      additionalArgs:
        - '--hf-overrides={"rope_scaling": {"rope_type": "yarn", "factor": 4.0}}'
    ```
    """
    command = serving.command
    if command is None:
        return
    for refusal in command.refused(Reason.UNKNOWN):
        fate = flag_fate(refusal.flag, command.release)
        if fate is None or not fate.gone:
            continue
        message = f"{refusal.flag} was removed in vLLM {fate.gone}"
        if fate.replacement:
            message += f": use {fate.replacement}"
        yield Problem(command.word(refusal).path, message)
