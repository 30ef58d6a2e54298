"""image-tag-inside-repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("image-tag-inside-repository", Severity.ERROR, Confidence.CERTAIN)
def image_tag_inside_repository(serving: ServingSpec) -> Iterator[Problem]:
    """The repository of an image already contains a tag, and the chart adds another.

    ## Why
    The chart joins the repository and the tag. A name with two tags is invalid: the API
    server accepts the pod but the kubelet does not, and the pod shows
    `InvalidImageName`.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      repository: vllm/vllm-openai:v0.11.0
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      repository: vllm/vllm-openai
      tag: v0.11.0
    ```
    """
    for image in serving.pod.images or ():
        inside = _tag_or_digest_inside(image)
        if not inside:
            continue
        added = f":{image.tag.value}"
        if image.digest:
            added = f"@{image.digest}"
        key = "digest" if inside.startswith("@") else "tag"
        yield Problem(
            image.repository.path,
            f"repository {image.repository.value} already contains {inside}, "
            f"but the chart adds {added}",
            related=(Related(image.tag.path, "the chart adds this value"),),
            help=f"move {inside[1:]} to the key {key}",
        )


def _tag_or_digest_inside(image: Image) -> str | None:
    found = re.search(r"@.*|:[^/]*$", image.repository.value)
    # Where one value holds the whole image, the chart adds nothing.
    if found is None or image.tag.path == image.repository.path:
        return None
    # name:tag@digest is a valid image.
    if image.digest and "@" not in found[0]:
        return None
    return found[0]
