"""alias-values-differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.serving.charts.aidaptivcache.command import ARGS, SPELLINGS
from helm_llm.serving.charts.kserve_vllm.service import on_knative
from helm_llm.values.layers import Values


@rule(
    "alias-values-differ",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("aidaptivcache", "kserve-vllm", "nim-llm"),
)
def alias_values_differ(values: Values) -> Iterator[Problem]:
    """A setting has two spellings, and they say two things.

    ## Why
    The chart reads an older spelling of some keys too, so that old values files still work. Where both are given, one
    of them wins, whichever file or option is the later one.

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
    for loser, winner in _ALIASES[values.chart.name]:
        ignored, used = values.get(*loser), values.get(*winner)
        both = (
            values.user_set(loser) and values.user_set(winner) and _reads_both(values)
        )
        if both and ignored not in _UNSET and used not in _UNSET and ignored != used:
            message = f"{dotted(loser)} {plain(ignored)} and {dotted(winner)} {plain(used)} are one setting"
            yield Problem(
                loser,
                f"{message}: the latter is used",
                (Related(winner, "this one is used"),),
            )


def _reads_both(values: Values) -> bool:
    """A plain Deployment of kserve-vllm has no settings for Knative."""
    return values.chart.name != "kserve-vllm" or on_knative(values) is True


_UNSET = (None, "")
_ALIASES: Mapping[str, tuple[tuple[KeyPath, KeyPath], ...]] = {
    "aidaptivcache": tuple(
        ((*ARGS, key), (*ARGS, other)) for key, other in SPELLINGS.items()
    ),
    "kserve-vllm": (
        (("scaling", "serverless", "scaleMetric"), ("scaling", "scaleMetric")),
        (("scaling", "serverless", "scaleTarget"), ("scaling", "scaleTarget")),
    ),
    "nim-llm": (
        (("model", "openaiPort"), ("model", "openai_port")),
        (("model", "nemoPort"), ("model", "nemo_port")),
        (("service", "openaiPort"), ("service", "openai_port")),
    ),
}
"""The spelling that is ignored beside the other one, and that one."""
