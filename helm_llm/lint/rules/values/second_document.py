"""second-document."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule("second-document", Severity.WARNING, Confidence.CERTAIN)
def second_document(document: Document) -> Iterator[Problem]:
    """A values file contains more than one YAML document.

    ## Why
    Helm 3 reads only the first document and silently ignores the rest of the file. Helm
    4 merges all documents in order. As a result, the same file installs two different
    things. A `---` before or after the only document is harmless.

    ## Bad
    ```yaml
    # chart: vllm
    replicaCount: 1
    ---
    vllm:
      model: Qwen/Qwen3-8B
    ```

    ## Good
    ```yaml
    # chart: vllm
    replicaCount: 1
    vllm:
      model: Qwen/Qwen3-8B
    ```
    """
    span = document.second_document
    if span is None:
        return
    yield Problem(
        (),
        f"second YAML document: Helm 3 ignores everything from line {span.line} on, "
        "but Helm 4 merges it",
        help="remove the `---`, or move the rest to a separate file",
        span=span,
    )
