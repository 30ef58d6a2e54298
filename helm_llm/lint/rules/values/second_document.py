"""second-document."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule("second-document", Severity.WARNING, Confidence.CERTAIN)
def second_document(document: Document) -> Iterator[Problem]:
    """A values file holds more than one YAML document.

    ## Why
    Helm 3 reads up to the `---` and ignores the rest, so half of the settings are missing and nothing says so. Helm 4
    merges all documents in order. The same file installs two different things. A `---` before or after the only
    document is harmless.

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
    if span := document.second_document:
        message = f"a second document: Helm 3 ignores line {span.line} onwards, Helm 4 merges it"
        yield Problem(
            (),
            message,
            help="remove the `---`, or put the rest into a file of its own",
            span=span,
        )
