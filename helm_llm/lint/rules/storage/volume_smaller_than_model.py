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
    Weights take two bytes per parameter, one or half a byte if they are quantized, and a tenth more for what comes
    with them and is compiled of them. A full volume ends the download with `No space left on device`, after an hour of
    it. The size follows from the model's name; a NIM is taken to choose a quantized profile.

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
    storage, model, least = serving.storage, serving.model, weights(serving)
    mount = (
        holder(storage.cache.value, serving.pod.mounts or ()) if storage.cache else None
    )
    size = storage.claim_size
    room = quantity(size.value) if size else None
    if (
        size
        and room
        and least
        and model.downloads
        and mount
        and mount.volume == storage.volume
    ):
        needed = least.gigabytes * _SURPLUS
        if room < needed * GIGA:
            yield Problem(
                size.path,
                f"{size.value}{serving.default(size.path)} cannot hold {model.name}: "
                f"{least} {TIMES} {_SURPLUS} = {needed:.0f} GB",
                related=(Related(model.path, "the model is named here"),),
                help=f"ask for {_rounded(needed)}Gi or more",
            )


_SURPLUS = 1.1


def _rounded(gigabytes: float) -> int:
    """The next ten GiB."""
    return -int(-gigabytes * GIGA / 2**30 // 10) * 10
