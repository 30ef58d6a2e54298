"""engine-argument-glued."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-glued", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_glued(serving: ServingSpec) -> Iterator[Problem]:
    """A flag and its value are in the same list item.

    ## Why
    The engine gets each list item as a single word because no shell splits it. The
    server stops with `unrecognized arguments: --max-num-seqs 64`.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs:
        - --max-num-seqs 64
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs:
        - --max-num-seqs=64
    ```
    """
    if serving.command is None:
        return
    for joined in serving.command.joined:
        flag, value = joined.flag, joined.value
        yield Problem(
            joined.word.path,
            f'"{flag} {value}" is a single word: write {flag}={value}, '
            "or make it two list items",
        )
