"""What values let a pod do on its node: each privilege with its container or the pod, and the value that gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

Privilege = tuple[str, Field[str]]


def container(values: Values, name: str, *context: str | int) -> Iterator[Privilege]:
    """Of a container with this security context."""
    path = (*context, "privileged")
    if fields.switch(values, *path):
        yield f"container {name}", Field("privileged", path)


def listed(values: Values, *lists: str | KeyPath) -> Iterator[Privilege]:
    """Of the containers that a user lists."""
    for path in ((name,) if isinstance(name, str) else name for name in lists):
        for index, item in enumerate(typed.sequence(values.tree, *path)):
            if isinstance(item, dict):
                yield from container(
                    values,
                    typed.shown(item.get("name")),
                    *path,
                    index,
                    "securityContext",
                )


def user(values: Values, contexts: Iterable[KeyPath]) -> Field[int] | None:
    """The uid of a container: the first of its security contexts that gives one."""
    given = (
        ((*path, "runAsUser"), fields.whole(values, *path, "runAsUser"))
        for path in contexts
    )
    return next((Field(uid, path) for path, uid in given if uid is not None), None)


def read_only_root(values: Values, *context: str) -> Field[bool] | None:
    """Whether the container cannot write its own file system."""
    path = (*context, "readOnlyRootFilesystem")
    switch = fields.switch(values, *path)
    return None if switch is None else Field(switch, path)
