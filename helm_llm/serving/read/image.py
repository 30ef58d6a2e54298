"""The images of a pod, and what the engine's tells."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image
from helm_llm.values.layers import Values


def is_simulator(values: Values) -> bool:
    """Whether the image is our simulated engine, which has no weights."""
    return (fields.text(values, "image", "repository") or "").endswith(
        "helm-llm/simulator"
    )


def engine(values: Values) -> Image | None:
    """The server's, in a chart whose `image` has a digest, and the appVersion as tag where the values give none."""
    repository, tag, digest = (
        fields.text(values, "image", key) for key in ("repository", "tag", "digest")
    )
    if not repository or tag is None or digest is None:
        return None
    shown = "" if digest else tag or values.chart.app_version or ""
    return Image(
        "engine",
        Field(repository, ("image", "repository")),
        Field(shown, ("image", "tag")),
        digest,
    )


def reference(role: str, written: Field[str]) -> Image:
    """An image that one value names: `registry:5000/name:tag@digest`."""
    name, _, digest = written.value.partition("@")
    directory, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return Image(
        role,
        Field(directory + slash + last, written.path),
        Field(tag, written.path),
        digest,
    )


def init_images(values: Values, *path: str) -> Iterator[Image]:
    """The images of a list of init containers."""
    given = values.get(*path)
    for index, container in enumerate(given if isinstance(given, list) else ()):
        image = container.get("image") if isinstance(container, dict) else None
        if image and isinstance(image, str):
            yield reference("init", Field(image, (*path, index, "image")))


def pull_secrets(values: Values) -> Field[tuple[str, ...]] | None:
    """The names in `imagePullSecrets`, a list of `{name}`; unknown where an account of the user's may have some."""
    given = values.get("imagePullSecrets", default=[])
    items = given if isinstance(given, list) else [None]
    names = tuple(
        item.get("name") if isinstance(item, dict) else None for item in items
    )
    known = tuple(name for name in names if isinstance(name, str))
    if len(known) < len(names) or _has_account(values):
        return None
    return Field(known, ("imagePullSecrets",))


def _has_account(values: Values) -> bool:
    named, made = (
        values.get("serviceAccount", "name"),
        values.get("serviceAccount", "create"),
    )
    return bool(values.get("serviceAccountName") or (named and not made))
