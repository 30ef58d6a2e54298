"""suppression-unused."""

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suppress import UnusedSuppression


@rule("suppression-unused", Severity.WARNING, Confidence.CERTAIN)
def suppression_unused(unused: UnusedSuppression) -> Iterator[Problem]:
    """An ignore comment suppresses nothing.

    ## Why
    The values were mended, or the rule's name is misspelt. A comment that stays hides the next finding of that rule,
    which may be a real one.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 1  # helm-llm: ignore[tensor-parallel-exceeds-gpus] one rank on one GPU is fine
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 1
    ```
    """
    hint = f", did you mean {unused.near}?" if unused.near else ""
    reason = "" if unused.is_rule else f": there is no such rule{hint}"
    yield Problem(
        (),
        f"ignore[{unused.rule_id}] suppresses nothing{reason}",
        help="remove it",
        span=unused.span,
    )
