"""repeated-key."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.keypath import dotted
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule("repeated-key", Severity.ERROR, Confidence.CERTAIN)
def repeated_key(document: Document) -> Iterator[Problem]:
    """A mapping has the same key twice.

    ## Why
    Helm keeps the last one and drops the first with everything below it, without a word. Two blocks of the same name
    that were meant to add up, such as a second `resources:` further down, leave only one of them.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 1
    resources:
      requests:
        memory: 24Gi
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 1
      requests:
        memory: 24Gi
    ```
    """
    for key in document.repeated:
        message = f"{dotted(key.path)} is given twice: this one counts, line {key.first.line} is dropped"
        yield Problem((), message, help="merge the two, or remove one", span=key.span)
