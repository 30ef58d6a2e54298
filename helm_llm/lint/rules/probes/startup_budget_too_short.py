"""startup-budget-too-short."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.model_name import billions, seconds_to_start
from helm_llm.serving.spec.spec import ServingSpec


@rule("startup-budget-too-short", Severity.WARNING, Confidence.LIKELY)
def startup_budget_too_short(serving: ServingSpec) -> Iterator[Problem]:
    """The startup probe gives up before a model of this size is loaded.

    ## Why
    Download, loading and compilation grow with the model: about 5 minutes below 7B parameters, 10 below 13B, 30 below
    70B and an hour from there on; a tier less when the weights are on a volume already. When the budget is used up,
    kubelet restarts the container in mid-download: `Startup probe failed`.

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
    parameters = billions(model.name) if budget else None
    if budget and parameters:
        needed = seconds_to_start(parameters, local=model.local)
        if budget.seconds < needed:
            knob = serving.chosen(budget.knobs)
            yield Problem(
                knob,
                f"the pod has {budget.seconds} s to start{serving.default(knob)}, "
                f"a {round(parameters, 1):g}B model takes up to {needed} s",
                related=(Related(model.path, "the model is named here"),),
                help=f"raise {serving.dotted(budget.knobs[0])}",
            )
