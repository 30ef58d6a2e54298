"""image-tag-inside-repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("image-tag-inside-repository", Severity.ERROR, Confidence.CERTAIN)
def image_tag_inside_repository(serving: ServingSpec) -> Iterator[Problem]:
    """The repository of an image already carries a tag, and the chart adds another.

    ## Why
    The chart joins repository and tag. Two tags are no image name: the API server accepts the pod, kubelet does not,
    and the pod shows `InvalidImageName`.

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
        repository, inside = image.repository, _carried(image)
        if inside:
            added = f"@{image.digest}" if image.digest else f":{image.tag.value}"
            key = "digest" if inside.startswith("@") else "tag"
            yield Problem(
                repository.path,
                f"repository {repository.value} already carries {inside}, the chart adds {added}",
                related=(Related(image.tag.path, "this is added"),),
                help=f"move {inside[1:]} to the key {key}",
            )


def _carried(image: Image) -> str | None:
    """A tag or digest in the repository, unless all of that is one name: `name:tag@digest` is valid."""
    found = re.search(r"@.*|:[^/]*$", image.repository.value)
    valid = image.tag.path == image.repository.path or (
        found and image.digest and "@" not in found[0]
    )
    return found[0] if found and not valid else None
