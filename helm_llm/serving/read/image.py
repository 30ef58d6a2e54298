"""The images of a pod."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm import typed
from helm_llm.keypath import Key, KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Role
from helm_llm.serving.spec.source import Source

_SECRETS = ("imagePullSecrets",)


def is_simulator(values: Source) -> bool:
    """Whether the image is our simulated engine, which has no weights."""
    repository = fields.text(values, "image", "repository") or ""
    return repository.endswith("helm-llm/simulator")


def engine(values: Source) -> Image | None:
    """The server's image, in a chart with a digest and appVersion as the default tag."""
    repository = fields.text(values, "image", "repository")
    tag = fields.text(values, "image", "tag")
    digest = fields.text(values, "image", "digest")
    if not repository:
        return None
    if tag is None or digest is None:
        return None
    # The chart falls back to its appVersion, but not next to a digest.
    rendered = ""
    if not digest:
        rendered = tag or values.chart.app_version or ""
    return Image(
        "engine",
        Field(repository, ("image", "repository")),
        Field(rendered, ("image", "tag")),
        digest,
    )


def repository_and_tag(values: Source, role: Role, *path: str) -> Image:
    """An image that two values name, without a default."""
    tag_path = (*path, "tag")
    repository = fields.text_field(values, *path, "repository")
    # An unquoted tag such as 1.20 is a number in YAML.
    tag = fields.scalar(values.get(*tag_path))
    return Image(role, repository, Field(tag or "", tag_path))


def reference(role: Role, written: Field[str]) -> Image:
    """An image that one value names: `registry:5000/name:tag@digest`."""
    repository, tag, digest = split_reference(written.value)
    return Image(
        role, Field(repository, written.path), Field(tag, written.path), digest
    )


def split_reference(text: str) -> tuple[str, str, str]:
    """Repository, tag and digest of an image reference; empty if it has none."""
    name, _, digest = text.partition("@")
    # A colon before the last slash belongs to the port of a registry.
    directory, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return directory + slash + last, tag, digest


def init_images(values: Source, *path: str) -> Iterator[Image]:
    """The images of a list of init containers."""
    containers = typed.sequence(values.tree, *path)
    for index in range(len(containers)):
        image = fields.field(values, *path, index, "image")
        if image:
            yield reference("init", image)


def pull_secrets(values: Source) -> Field[tuple[str, ...]] | None:
    """The names in `imagePullSecrets`, a list of `{name}`.

    Unknown if an item has no name, or if a service account of the user's may add some.
    """
    items = values.get(*_SECRETS, default=[])
    if not isinstance(items, list):
        return None
    if _has_account(values):
        return None
    names = secret_names(values, *_SECRETS)
    if len(names.value) == len(items):
        return names
    return None


def secret_names(values: Source, *path: Key) -> Field[tuple[str, ...]]:
    """The names in a list of `{name}`."""
    names: list[str] = []
    for item in typed.sequence(values.tree, *path):
        name = typed.at(item, "name")
        if isinstance(name, str):
            names.append(name)
    return Field(tuple(names), path)


def _has_account(values: Source) -> bool:
    # Kubernetes adds the pull secrets of the service account to the pod's.
    if values.get("serviceAccountName"):
        return True
    is_named = values.get("serviceAccount", "name")
    return bool(is_named and not values.get("serviceAccount", "create"))


def parts(values: Source, role: Role, path: KeyPath) -> Image | None:
    """The image of a rendered container; each part of it has a path below the image's."""
    text = fields.text(values, *path)
    if not text:
        return None
    repository, tag, digest = split_reference(text)
    return Image(
        role,
        Field(repository, (*path, "repository")),
        Field(tag, (*path, "tag")),
        digest,
    )
