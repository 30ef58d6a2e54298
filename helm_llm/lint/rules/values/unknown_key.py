"""unknown-key."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.foreign_keys import FOREIGN_KEYS
from helm_llm.lint.misspelling import renamed
from helm_llm.lint.plural import listed
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.subschema import keys_at, places
from helm_llm.lint.schema.validation import UNKNOWN_KEY, Validation
from helm_llm.lint.suggest import near


@rule("unknown-key", Severity.ERROR, Confidence.CERTAIN)
def unknown_key(validation: Validation) -> Iterator[Problem]:
    """The chart has no such key.

    ## Why
    A key that no template reads sets nothing. Charts with an open schema ignore it without a word, and the setting you
    meant keeps its default; charts with a closed schema refuse the install with
    `additional properties 'tensorParalelSize' not allowed`, without the file and the line.

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
        if violation.keyword in UNKNOWN_KEY and path not in _HELMS_OWN:
            message = f"{scope.chart.name} has no key {dotted(violation.path)}{_meant(scope, path)}"
            yield Problem(
                violation.path, message, at_key=True, fix=renamed(scope, path)
            )


_HELMS_OWN = frozenset({("global",), ("enabled",)})
"""What Helm and parent charts put into every subchart's values."""


def _meant(scope: Scope, path: KeyPath) -> str:
    *parents, key = path
    if here := FOREIGN_KEYS.get(scope.chart.name, {}).get(path):
        return f": here it is {listed([dotted((*scope.base, *name.split('.'))) for name in here])}"
    if meant := near(str(key), keys_at(scope.schema, tuple(parents))):
        return f", did you mean {meant}?"
    others = places(scope.schema, str(key))
    if 0 < len(others) <= _FEW:
        return f": {key} is a key of {listed([dotted((*scope.base, *one)) or 'the top level' for one in others])}"
    return ""


_FEW = 2
"""More places than these would be a list to search, not a hint."""
