"""device-list-shorter-than-ranks."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Variable
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("device-list-shorter-than-ranks", Severity.ERROR, Confidence.CERTAIN)
def device_list_shorter_than_ranks(serving: ServingSpec) -> Iterator[Problem]:
    """An environment variable hides GPUs that the engine needs.

    ## Why
    Kubernetes already limits the pod to its own GPUs. CUDA_VISIBLE_DEVICES hides every
    one of them that it does not list. The engine then stops as if the hidden GPUs did
    not exist: `World size (2) is larger than the number of available GPUs (1) in this
    node`. With AMD GPUs, HIP_VISIBLE_DEVICES and ROCR_VISIBLE_DEVICES are checked as
    well.

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
    if ranks is None or not needed:
        return
    for name in _variable_names(serving):
        variable = serving.pod.variable(name)
        if variable is None:
            continue
        listed = _device_count(variable)
        if listed is None or listed >= needed:
            continue
        yield Problem(
            variable.path,
            f"{name}={variable.text} lists {counted(listed, 'GPU')}, "
            f"but {ranks} starts {needed} ranks",
            related=tuple(
                Related(degree.path, f"{degree} is set here")
                for degree in ranks.largest_first
            ),
            help="remove the variable: the pod sees only its own GPUs anyway",
        )


def _variable_names(serving: ServingSpec) -> tuple[str, ...]:
    names: tuple[str, ...] = ("CUDA_VISIBLE_DEVICES",)
    if serving.gpus and str(serving.gpus.path[-1]).startswith("amd.com/"):
        names += ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
    return names


def _device_count(variable: Variable) -> int | None:
    """The number of listed devices; None where values do not determine it."""
    text = (variable.text or "").strip()
    if text in ("", "all") or "$(" in text:
        return None
    return text.count(",") + 1
