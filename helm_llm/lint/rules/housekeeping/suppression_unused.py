"""suppression-unused."""

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suppress import UnusedSuppression


@rule("suppression-unused", Severity.WARNING, Confidence.CERTAIN, suppressible=False)
def suppression_unused(unused: UnusedSuppression) -> Iterator[Problem]:
    """An ignore comment does not suppress anything.

    ## Why
    The values were fixed in the meantime, or the rule's name is misspelled. A comment
    that is left behind hides the next finding of that rule, which may be a real
    problem.

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
    message = f"ignore[{unused.rule_id}] does not suppress anything"
    if not unused.is_rule:
        message += ": there is no such rule"
        if unused.near:
            message += f", did you mean {unused.near}?"
    yield Problem((), message, help="remove it", span=unused.span)
