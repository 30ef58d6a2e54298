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
    """The cache of an earlier run is to be taken up, and not to be.

    ## Why
    `noResumeKvCache` is true by default, so `resumeKvCache` alone is enough: the chart then passes `--resume-kv-cache`
    and nothing else. Where both are asked for, one of them does not happen. Earlier charts passed both flags.

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
    no, yes = (setting(values, key) for key in ("noResumeKvCache", "resumeKvCache"))
    if (
        no.value is True
        and yes.value is True
        and values.user_set(no.path)
        and values.user_set(yes.path)
    ):
        message = f"{dotted(no.path)} true and {dotted(yes.path)} true contradict each other: the cache is resumed"
        yield Problem(
            no.path,
            message,
            (Related(yes.path, "this one is used"),),
            help="keep one of them",
        )
