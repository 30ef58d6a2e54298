"""unknown-key."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.grammar import join_words
from helm_llm.lint.misspelling import find_rename, names_here
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.subschema import keys_at, places
from helm_llm.lint.schema.validation import UNKNOWN_KEY, Validation
from helm_llm.lint.suggest import near


@rule("unknown-key", Severity.ERROR, Confidence.CERTAIN, refused_by="schema")
def unknown_key(validation: Validation) -> Iterator[Problem]:
    """A key does not exist in the chart.

    ## Why
    A key that no template reads has no effect. Charts with an open schema silently
    ignore it, and the setting you meant keeps its default. Charts with a closed schema
    reject the values with `additional properties 'tensorParalelSize' not allowed`,
    without naming the file or line.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      tensorParalelSize: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 2
    ```
    """
    for scope, violation in validation.refused:
        path = violation.path[len(scope.base) :]
        if violation.keyword not in UNKNOWN_KEY or path in _KEYS_OF_HELM:
            continue
        chart, key = scope.chart.name, dotted(violation.path)
        yield Problem(
            violation.path,
            f"{chart} has no key {key}{_suggestion(scope, path)}",
            at_key=True,
            fix=find_rename(scope, path),
        )


_KEYS_OF_HELM = frozenset({("global",), ("enabled",)})
"""Keys that Helm and parent charts add to the values of every subchart."""


def _suggestion(scope: Scope, path: KeyPath) -> str:
    *parents, key = path
    if names := names_here(scope, path):
        keys = [dotted((*scope.base, *name.split("."))) for name in names]
        return f": this chart uses {join_words(keys)}"
    if similar := near(str(key), keys_at(scope.schema, tuple(parents))):
        return f", did you mean {similar}?"
    found = places(scope.schema, str(key))
    if not 0 < len(found) <= _FEW:
        return ""
    paths = [dotted((*scope.base, *place, key)) for place in found]
    return f", did you mean {join_words(paths, ' or ')}?"


_FEW = 2
"""With more places, the hint would be a list to search through."""
