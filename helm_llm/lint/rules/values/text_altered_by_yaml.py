"""text-altered-by-yaml."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.go_print import as_helm_prints, printed
from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.fix import Quote
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.subschema import types_at
from helm_llm.lint.secrets import holds_secret
from helm_llm.lint.user_values import decides, user_scalars
from helm_llm.values.layers import Values


@rule("text-altered-by-yaml", Severity.ERROR, Confidence.CERTAIN)
def text_altered_by_yaml(values: Values) -> Iterator[Problem]:
    """YAML reads a text as something else before the chart sees it.

    ## Why
    Without quotes `1.10` is the number 1.1, `0123` is 83, `on` is true and `20251101` prints as 2.0251101e+07. The
    chart never sees what you wrote: the pod asks for an image tag that does not exist (ImagePullBackOff), or the engine
    gets another revision, name or argument. `--set` keeps such text as it is.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      tag: 0.10
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      tag: "0.10"
    ```
    """
    for document, path, value in user_scalars(values):
        source = (
            document.source_of(path) if isinstance(value, (bool, int, float)) else None
        )
        if source is None or source == printed(value):
            continue
        read = as_helm_prints(source, value, _types(values, path))
        if read is not None and decides(document, path, values):
            change = (
                "YAML changes the text"
                if holds_secret(path)
                else f"{source} becomes {read}"
            )
            yield Problem(path, f"{dotted(path)}: {change}, quote it", fix=Quote(path))


def _types(values: Values, path: KeyPath) -> frozenset[str]:
    """The types that the schemas of the charts that see this value name for it."""
    seen = [scope for scope in scopes(values) if path[: len(scope.base)] == scope.base]
    return frozenset().union(
        *(types_at(scope.schema, path[len(scope.base) :]) for scope in seen)
    )
