"""device-list-shorter-than-ranks."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Variable
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("device-list-shorter-than-ranks", Severity.ERROR, Confidence.CERTAIN)
def device_list_shorter_than_ranks(serving: ServingSpec) -> Iterator[Problem]:
    """A variable shows the engine fewer GPUs than it starts ranks.

    ## Why
    CUDA_VISIBLE_DEVICES hides all GPUs that it does not list, and Kubernetes has already given the pod its own. The
    engine stops as if the GPUs were not there:
    `World size (2) is larger than the number of available GPUs (1) in this node`.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 2
      env:
        - name: CUDA_VISIBLE_DEVICES
          value: "0"
    resources:
      limits:
        nvidia.com/gpu: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 2
    resources:
      limits:
        nvidia.com/gpu: 2
    ```
    """
    ranks, needed = serving.ranks, serving.ranks_per_pod
    for variable in filter(None, map(serving.pod.variable, _names(serving))):
        shown = _shown(variable)
        if ranks and needed and shown and shown < needed:
            yield Problem(
                variable.path,
                f"{variable.name}={variable.text} shows {counted(shown, 'GPU')}, {ranks} starts {needed} ranks",
                related=tuple(
                    Related(degree.path, f"{degree} is set here")
                    for degree in ranks.largest_first
                ),
                help="remove the variable: the pod sees its own GPUs and no others",
            )


def _names(serving: ServingSpec) -> tuple[str, ...]:
    """ROCm reads variables of its own besides."""
    amd = serving.gpus is not None and str(serving.gpus.path[-1]).startswith("amd.com/")
    return (
        "CUDA_VISIBLE_DEVICES",
        *(("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES") if amd else ()),
    )


def _shown(variable: Variable) -> int | None:
    """How many entries the list has; None for `all`, nothing, and what only the cluster knows."""
    text = (variable.text or "").strip()
    return None if text in ("", "all") or "$(" in text else text.count(",") + 1
