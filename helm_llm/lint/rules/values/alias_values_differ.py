"""alias-values-differ."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import dotted
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.serving import CHARTS
from helm_llm.values.layers import Values


@rule(
    "alias-values-differ",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("aidaptivcache", "kserve-vllm", "nim-llm"),
)
def alias_values_differ(values: Values) -> Iterator[Problem]:
    """Two spellings of the same setting have different values.

    ## Why
    The chart also accepts an older spelling of some keys, so that old values files
    still work. If both spellings are set, one of them always takes precedence, even if
    the other one is set in a later file or option.

    ## Bad
    ```yaml
    # chart: nim-llm
    service:
      openaiPort: 8000
      openai_port: 80
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    service:
      openaiPort: 80
    ```
    """
    for alias in CHARTS[values.chart.name].aliases:
        loser, winner = alias.ignored, alias.used
        ignored, used = values.get(*loser), values.get(*winner)
        if ignored in _UNSET or used in _UNSET or ignored == used:
            continue
        if not values.is_user_set(loser) or not values.is_user_set(winner):
            continue
        if not alias.applies(values.tree):
            continue
        yield Problem(
            loser,
            f"{dotted(loser)} is {plain(ignored)} "
            f"but {dotted(winner)} is {plain(used)}: "
            "they are the same setting, and the latter takes precedence",
            related=(Related(winner, "this one is used"),),
        )


_UNSET = (None, "")
