"""image-tag-floating."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("image-tag-floating", Severity.WARNING, Confidence.CERTAIN)
def image_tag_floating(serving: ServingSpec) -> Iterator[Problem]:
    """An image is not pinned to a version.

    ## Why
    A tag such as `latest` or `nightly` moves with every build. After a crash, or on
    another node, the next pod then runs a different engine from the one you tested. It
    may stop with `unrecognized arguments` or give different answers, and
    `helm rollback` does not restore the old engine.

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
        if image.digest or not _floats(image):
            continue
        yield Problem(
            image.tag.path,
            f"{image} is not pinned to a version: each new pod may get another build",
            related=(Related(image.repository.path, "the image is set here"),),
            help="use the tag of a release, or a digest",
        )


_FLOATING = frozenset({"latest", "nightly", "main", "master", "dev", "edge"})


def _floats(image: Image) -> bool:
    if image.tag.value in _FLOATING:
        return True
    # A name without a tag means `latest`, unless the chart has a separate key for tags.
    whole = image.tag.path == image.repository.path
    return whole and not image.tag.value and bool(image.repository.value)
