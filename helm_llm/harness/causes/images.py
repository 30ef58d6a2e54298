"""Images that cannot be pulled."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.causes.statuses import container_spec, waiting_containers
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import Object, text

_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
)

PATTERNS = (
    Pattern(
        "image-pull",
        r"(?i)InvalidImageName|invalid reference format|couldn't parse image",
        "image {image} cannot be pulled: its name is not a valid image name",
        "check repository and tag: a tag needs quotes where YAML would read a number",
    ),
    Pattern(
        "image-pull",
        r"(?i)ErrImageNeverPull|is not present with pull policy of Never",
        "image {image} cannot be pulled: it is not on the node, but the pull policy is Never",
        "load it onto the node, or use IfNotPresent",
    ),
    Pattern(
        "image-pull",
        r"(?i)toomanyrequests|429 Too Many Requests",
        "image {image} cannot be pulled: the registry limits the number of pulls",
        "log in with a pull secret, or use a mirror",
    ),
    Pattern(
        "image-pull",
        r"(?i)unauthorized|authentication required|\b401\b|403 Forbidden|insufficient_scope|authorization failed",
        "image {image} cannot be pulled: the registry requires other credentials, or the repository does not exist",
        "name a pull secret of type kubernetes.io/dockerconfigjson in imagePullSecrets",
    ),
    Pattern(
        "image-pull",
        r"(?i)no matching manifest|no match for platform",
        "image {image} cannot be pulled: it is not built for the processor of this node",
        "choose another node or image",
    ),
    Pattern(
        "image-pull",
        r"(?i)not found|manifest unknown|does not exist",
        "image {image} cannot be pulled: the registry has no such image",
        "check repository and tag",
    ),
    Pattern(
        "image-pull",
        r"(?i)no such host|i/o timeout|connection refused|deadline exceeded|network is unreachable|no route to host",
        "image {image} cannot be pulled: the node cannot reach the registry",
        "check the node's network and proxy, or load the image onto the node",
    ),
    Pattern(
        "image-pull",
        r"(?i)no space left on device",
        "image {image} cannot be pulled: the node's disk is full",
        "free space: these images are 10 to 20 GB",
    ),
    Pattern(
        "image-pull",
        r"(?i)x509",
        "image {image} cannot be pulled: the node does not trust the registry's certificate",
        "add its CA to the node's container runtime",
    ),
)


def image_pull(evidence: Evidence) -> Iterator[Diagnosis]:
    """A container waits for its image.

    The reason is in the state of the container, or in an event, which may arrive later.
    """
    for pod, status, state in waiting_containers(evidence, *_REASONS):
        image = _image(pod, status)
        events = list(evidence.events_of(pod, "Failed"))
        for message in events:
            yield from find_known(PATTERNS, message, (message,), image=image)
        message = text(state, "message")
        # For some reasons there is no message at all.
        reason = f"{text(state, 'reason')} {message}"
        yield from find_known(PATTERNS, reason, (message,), image=image)
        messages = [*events, reason]
        yield Diagnosis(
            "image-pull",
            f"image {image} cannot be pulled",
            tuple(filter(_is_about_image, messages))[:3],
            "check repository, tag and pull secret",
            settled=False,
        )


def _image(pod: Object, status: Object) -> str:
    # The status has no image name until the image is there.
    spec = container_spec(pod, text(status, "name"))
    return text(status, "image") or text(spec, "image")


def _is_about_image(message: str) -> bool:
    message = message.lower()
    return "pull" in message or "image" in message
