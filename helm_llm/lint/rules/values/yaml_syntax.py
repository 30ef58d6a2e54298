"""yaml-syntax."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.document import Document
from helm_llm.lint.rule import Confidence, Problem, Severity, rule


@rule(
    "yaml-syntax", Severity.ERROR, Confidence.CERTAIN, always=True, suppressible=False
)
def yaml_syntax(document: Document) -> Iterator[Problem]:
    """A values file is not valid YAML.

    ## Why
    Helm stops before it reads the chart: `failed to parse values.yaml: error converting
    YAML to JSON: yaml: line 3: ...`. The usual causes are tabs used for indentation, a
    quote that is not closed, and a colon without a space after it. Nothing else in the
    file is checked until the error is fixed, and this rule cannot be disabled.

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
