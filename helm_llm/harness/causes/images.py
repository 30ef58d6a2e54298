"""Images that cannot be pulled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.harness.causes.statuses import container_of, waiting
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import text

_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
)

_WHY: tuple[tuple[str, str, str], ...] = (
    (
        r"InvalidImageName|invalid reference format|couldn't parse image",
        "its name is no image name",
        "check repository and tag: a tag needs quotes where YAML would read a number",
    ),
    (
        r"ErrImageNeverPull|is not present with pull policy of Never",
        "it is not on the node, and the pull policy is Never",
        "load it onto the node, or use IfNotPresent",
    ),
    (
        r"toomanyrequests|429 Too Many Requests",
        "the registry refuses more pulls for now",
        "log in with a pull secret, or use a mirror",
    ),
    (
        r"unauthorized|authentication required|\b401\b|403 Forbidden|insufficient_scope|authorization failed",
        "the registry wants other credentials, or there is no such repository",
        "name a pull secret of type kubernetes.io/dockerconfigjson in imagePullSecrets",
    ),
    (
        r"no matching manifest|no match for platform",
        "it is not built for the processor of this node",
        "choose another node or image",
    ),
    (
        r"not found|manifest unknown|does not exist",
        "the registry has no such image",
        "check repository and tag",
    ),
    (
        r"no such host|i/o timeout|connection refused|deadline exceeded|network is unreachable|no route to host",
        "the node cannot reach the registry",
        "check the node's network and proxy, or load the image onto the node",
    ),
    (
        r"no space left on device",
        "the node's disk is full",
        "free space: these images are 10 to 20 GB",
    ),
    (
        r"x509",
        "the node does not trust the registry's certificate",
        "add its CA to the node's container runtime",
    ),
)


def image_pull(evidence: Evidence) -> Iterator[Diagnosis]:
    """A container waits for its image. Why is said in the state, or in an event that may come later."""
    for pod, status, state in waiting(evidence, *_REASONS):
        image = text(status, "image") or text(
            container_of(pod, status["name"]), "image"
        )
        state_says = f"{text(state, 'reason')} {text(state, 'message')}"
        said = [*evidence.events_of(pod, "Failed"), state_says]
        for message in said:
            if known := _why(message):
                why, cure = known
                shown = text(state, "message") if message is state_says else message
                yield Diagnosis(
                    "image-pull",
                    f"image {image} cannot be pulled: {why}",
                    (shown,),
                    cure,
                )
        yield Diagnosis(
            "image-pull",
            f"image {image} cannot be pulled: the node says why",
            tuple(
                message
                for message in said
                if "pull" in message.lower() or "image" in message.lower()
            )[:3],
            "check repository, tag and pull secret",
            settled=False,
        )


def _why(message: str) -> tuple[str, str] | None:
    return next(
        (
            (why, cure)
            for pattern, why, cure in _WHY
            if re.search(pattern, message, re.IGNORECASE)
        ),
        None,
    )
