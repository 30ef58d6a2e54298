"""text-altered-by-yaml."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.document.go_format import as_helm_prints, go_format
from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.fix import Quote
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.subschema import types_at
from helm_llm.lint.secrets import holds_secret
from helm_llm.lint.user_values import is_effective, user_scalars
from helm_llm.values.layers import Values


@rule("text-altered-by-yaml", Severity.ERROR, Confidence.CERTAIN)
def text_altered_by_yaml(values: Values) -> Iterator[Problem]:
    """YAML changes unquoted text before the chart sees it.

    ## Why
    Without quotes, `1.10` is the number 1.1, `0123` is 83, `on` is true, and `20251101`
    is rendered as 2.0251101e+07. The pod then uses an image tag that does not exist
    (ImagePullBackOff), or the engine gets a different revision, name or argument.
    `--set` does not change such text.

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
        if not isinstance(value, (bool, int, float)):
            continue
        # Values such as 8000 and true are printed exactly as they are written.
        source = document.source_of(path)
        if source is None or source == go_format(value):
            continue
        seen = as_helm_prints(source, value, _schema_types(values, path))
        if seen is None or not is_effective(document, path, values):
            continue
        change = f"YAML reads {source} as {seen}"
        # The message must not contain a secret.
        if holds_secret(path):
            change = "YAML changes this text"
        yield Problem(
            path, f"{dotted(path)}: {change}", help="quote it", fix=Quote(path)
        )


def _schema_types(values: Values, path: KeyPath) -> frozenset[str]:
    """The value's types in the schemas of all charts that see it."""
    types: frozenset[str] = frozenset()
    for scope in scopes(values):
        depth = len(scope.base)
        if path[:depth] == scope.base:
            types |= types_at(scope.schema, path[depth:])
    return types
