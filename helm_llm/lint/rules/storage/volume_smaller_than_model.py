"""volume-smaller-than-model."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.derived.weights import GIGA, weights
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import TIMES, ServingSpec


@rule("volume-smaller-than-model", Severity.WARNING, Confidence.LIKELY)
def volume_smaller_than_model(serving: ServingSpec) -> Iterator[Problem]:
    """The claim is too small for the model that is downloaded to it.

    ## Why
    Weights take two bytes per parameter; quantized weights take one byte or half a
    byte. Other files and compiled code add a tenth. A full volume stops the download
    with `No space left on device`, often after an hour. The rule estimates the size
    from the model's name; for a NIM, it assumes a quantized profile.

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
    persistence:
      size: 200Gi
    ```
    """
    model, size = serving.model, serving.storage.claim_size
    minimum = weights(serving)
    if size is None or minimum is None or not model.downloads:
        return
    needed = minimum.gigabytes * _SURPLUS
    room = quantity(size.value)
    if not room or room >= needed * GIGA:
        return
    if not _is_cached_on_claim(serving):
        return
    yield Problem(
        size.path,
        f"{size.value}{serving.default(size.path)} cannot hold {model.name}: "
        f"{minimum} {TIMES} {_SURPLUS} = {needed:.0f} GB",
        related=(Related(model.path, "the model is set here"),),
        help=f"request {_round_up(needed)}Gi or more",
    )


_SURPLUS = 1.1
"""For the files next to the weights, and what the engine compiles."""


def _is_cached_on_claim(serving: ServingSpec) -> bool:
    cache = serving.storage.cache
    if cache is None:
        return False
    mount = holder(cache.value, serving.pod.mounts or ())
    return mount is not None and mount.volume == serving.storage.volume


def _round_up(gigabytes: float) -> int:
    """The next multiple of ten GiB."""
    return -int(-gigabytes * GIGA / 2**30 // 10) * 10
