"""accelerator-differs-from-image."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.image_build import flavour, runs_on
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.spec import ServingSpec


@rule("accelerator-differs-from-image", Severity.WARNING, Confidence.LIKELY)
def accelerator_differs_from_image(serving: ServingSpec) -> Iterator[Problem]:
    """The image is built for another kind of GPU than the pod gets.

    ## Why
    An engine is built for one kind of accelerator. With any other it finds no device
    and stops with `Failed to infer device type`, while the pod reserves an accelerator
    that it cannot use.

    The build is recognized by a word in the image's repository or tag: cuda, rocm,
    gaudi, tpu, xpu, neuron or cpu.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      limits:
        amd.com/gpu: 1
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      repository: vllm/vllm-openai-rocm
    resources:
      limits:
        amd.com/gpu: 1
    ```
    """
    image = serving.pod.engine
    keys = tuple(accelerators(serving.resources))
    if image is None or len(keys) != 1:
        return
    key = keys[0]
    built = flavour(image)
    if built is None or runs_on(built, key):
        return
    limit = serving.resources.limit(key)
    path = serving.chosen((image.repository.path, image.tag.path, limit))
    # The tag is part of the image: the repository alone represents it here.
    others = [other for other in (image.repository.path, limit) if other != path]
    yield Problem(
        path,
        f"{image} is a {built} build, but the pod gets {key}{serving.default(limit)}",
        related=tuple(Related(other, "must match this value") for other in others),
        help="use an image for this GPU, or a GPU for this image",
    )
