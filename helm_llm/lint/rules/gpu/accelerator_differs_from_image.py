"""accelerator-differs-from-image."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.image_build import flavour, runs_on
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.spec import ServingSpec


@rule("accelerator-differs-from-image", Severity.WARNING, Confidence.LIKELY)
def accelerator_differs_from_image(serving: ServingSpec) -> Iterator[Problem]:
    """The pod gets another kind of GPU than its image is built for.

    ## Why
    An engine is built for one kind of GPU. On another one it finds none: `Failed to infer device type`, and what the
    pod reserves is paid for. Repository and tag say what a build is for: cuda, rocm, gaudi, tpu, xpu, neuron, cpu.

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
    image, keys = serving.pod.engine, tuple(accelerators(serving.resources))
    built = flavour(image) if image else None
    if image and built and len(keys) == 1 and not runs_on(built, keys[0]):
        limit = serving.resources.limit(keys[0])
        paths = (image.repository.path, image.tag.path, limit)
        primary = serving.chosen(paths)
        yield Problem(
            primary,
            f"{image} is a {built} build, the pod gets {keys[0]}{serving.default(limit)}",
            related=tuple(
                Related(path, "this has to fit")
                for path in paths[::2]
                if path != primary
            ),
            help="name the image for this GPU, or the GPU for this image",
        )
