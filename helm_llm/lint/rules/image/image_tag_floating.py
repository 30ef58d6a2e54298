"""image-tag-floating."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("image-tag-floating", Severity.WARNING, Confidence.CERTAIN)
def image_tag_floating(serving: ServingSpec) -> Iterator[Problem]:
    """An image can change under the release.

    ## Why
    A tag such as `latest` or `nightly` is moved with every build. The next pod, after a crash or on another node, runs
    another engine than the one you tested: it ends with `unrecognized arguments`, or answers differently, and
    `helm rollback` does not bring the old one back.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      tag: nightly
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      tag: v0.11.0
    ```
    """
    for image in serving.pod.images or ():
        if not image.digest and _floats(image):
            yield Problem(
                image.tag.path,
                f"{image} can change under the release",
                related=(Related(image.repository.path, "the image is named here"),),
                help="name a release, or a digest",
            )


_FLOATING = frozenset({"latest", "nightly", "main", "master", "dev", "edge"})


def _floats(image: Image) -> bool:
    """Without a tag in a name that is one value the registry gives `latest`."""
    whole = image.tag.path == image.repository.path
    return image.tag.value in _FLOATING or (
        whole and not image.tag.value and bool(image.repository.value)
    )
