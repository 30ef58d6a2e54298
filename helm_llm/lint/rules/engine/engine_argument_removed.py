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
    An image of a later release refuses what an earlier one took: `vllm: error: unrecognized arguments`, exit code 2,
    and the pod restarts for ever. It happens after an upgrade of the image, with values that always worked.

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
    for refusal in command.refused(Reason.UNKNOWN) if command else ():
        fate = flag_fate(refusal.flag, command.release) if command else None
        if command and fate and fate.gone:
            instead = f": use {fate.replacement}" if fate.replacement else ""
            yield Problem(
                command.word(refusal).path,
                f"{refusal.flag} is gone since vLLM {fate.gone}{instead}",
            )
