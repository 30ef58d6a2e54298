"""engine-argument-glued."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-glued", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_glued(serving: ServingSpec) -> Iterator[Problem]:
    """A flag and its value stand in one list item.

    ## Why
    Each item is one word for the engine, for there is no shell that would split it: the server stops with
    `unrecognized arguments: --max-num-seqs 64`.

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
    for glued in serving.command.glued if serving.command else ():
        yield Problem(
            glued.word.path,
            f'"{glued.flag} {glued.value}" is one word: split it or write {glued.flag}={glued.value}',
        )
