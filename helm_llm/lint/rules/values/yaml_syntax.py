"""yaml-syntax."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule("yaml-syntax", Severity.ERROR, Confidence.CERTAIN)
def yaml_syntax(document: Document) -> Iterator[Problem]:
    """A values file cannot be read.

    ## Why
    Helm stops before it looks at the chart: `failed to parse values.yaml: error converting YAML to JSON: yaml: line 3:
    ...`. Tabs as indentation, a quote that is not closed and a colon without a blank behind it are the usual causes.
    Nothing else in the file is checked until this is mended, and the rule cannot be switched off.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: "Qwen/Qwen3-0.6B
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: "Qwen/Qwen3-0.6B"
    ```
    """
    if document.error:
        yield Problem((), document.error.message, span=document.error.span)
