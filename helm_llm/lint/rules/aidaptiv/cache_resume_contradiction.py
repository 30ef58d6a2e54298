"""cache-resume-contradiction."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import dotted
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.aidaptivcache.command import setting
from helm_llm.values.layers import Values


@rule(
    "cache-resume-contradiction",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("aidaptivcache",),
)
def cache_resume_contradiction(values: Values) -> Iterator[Problem]:
    """Resuming the KV cache is both enabled and disabled.

    ## Why
    When `resumeKvCache` and `noResumeKvCache` are both true, the chart passes
    `--resume-kv-cache` only: the cache of an earlier run is resumed, and
    `noResumeKvCache` has no effect. Earlier versions of the chart passed both flags.

    `noResumeKvCache` is true by default, and `resumeKvCache` overrides that default, so
    setting `resumeKvCache` alone is enough. Only values that set both are reported.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    vllm:
      args:
        noResumeKvCache: true
        resumeKvCache: true
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    vllm:
      args:
        resumeKvCache: true
    ```
    """
    disabled = setting(values, "noResumeKvCache")
    enabled = setting(values, "resumeKvCache")
    if disabled.value is not True or enabled.value is not True:
        return
    # The chart's own default for noResumeKvCache is true: that is not a contradiction.
    if values.is_user_set(disabled.path) and values.is_user_set(enabled.path):
        yield Problem(
            disabled.path,
            f"{dotted(disabled.path)} and {dotted(enabled.path)} are both true: "
            "the cache is resumed",
            (Related(enabled.path, "this value takes precedence"),),
            help="keep only one of them",
        )
