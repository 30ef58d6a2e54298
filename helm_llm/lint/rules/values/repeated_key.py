"""repeated-key."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.keypath import dotted
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule("repeated-key", Severity.ERROR, Confidence.CERTAIN)
def repeated_key(document: Document) -> Iterator[Problem]:
    """A mapping contains the same key twice.

    ## Why
    Helm silently keeps the last one and drops the first, with everything below it. Two
    blocks of the same name, such as a second `resources:` further down, are not merged.

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
        yield Problem(
            (),
            f"duplicate key {dotted(key.path)}: "
            f"this one is used and line {key.first.line} is ignored",
            help="merge the two, or remove one",
            span=key.span,
        )
