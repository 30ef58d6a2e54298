"""startup-budget-too-short."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.model_name import billions, seconds_to_start
from helm_llm.serving.spec.spec import ServingSpec


@rule("startup-budget-too-short", Severity.WARNING, Confidence.LIKELY)
def startup_budget_too_short(serving: ServingSpec) -> Iterator[Problem]:
    """The startup probe gives up before a model of this size has loaded.

    ## Why
    Downloading, loading and compiling take longer for larger models: about 5 minutes
    below 7B parameters, 10 minutes below 13B, 30 minutes below 70B, and an hour for
    everything larger. A model whose weights are already on a volume counts as one tier
    smaller. When the time is up, kubelet restarts the container in the middle of the
    download: `Startup probe failed`.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-72B-Instruct
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-72B-Instruct
    slowStart:
      maxStartupSeconds: 3600
    ```
    """
    budget, model = serving.startup, serving.model
    parameters = billions(model.name)
    if budget is None or not parameters:
        return
    needed = seconds_to_start(parameters, local=model.local)
    if budget.seconds >= needed:
        return
    knob = serving.chosen(budget.knobs)
    size = f"{round(parameters, 1):g}B"
    yield Problem(
        knob,
        f"the pod has {budget.seconds} s to start{serving.default(knob)}, "
        f"but a model with {size} parameters takes up to {needed} s",
        related=(Related(model.path, "the model is set here"),),
        help=f"raise {serving.dotted(budget.knobs[0])}",
    )
