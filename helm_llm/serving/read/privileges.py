"""What values let a pod do on its node.

A privilege is the name of a container (or `pod`) with the value that grants it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helm_llm import typed
from helm_llm.keypath import Key, KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

Privilege = tuple[str, Field[str]]

_HOST = ("hostNetwork", "hostPID", "hostIPC")


def of_container(values: Source, name: str, *context: Key) -> Iterator[Privilege]:
    """The privilege of a container with this security context."""
    path = (*context, "privileged")
    if fields.switch(values, *path):
        yield f"container {name}", Field("privileged", path)


def of_list(values: Source, *path: Key) -> Iterator[Privilege]:
    """The privileges of a list of containers."""
    containers = typed.sequence(values.tree, *path)
    for index, container in enumerate(containers):
        if not isinstance(container, dict):
            continue
        name = typed.shown(container.get("name"))
        context = (*path, index, "securityContext")
        yield from of_container(values, name, *context)


def of_pod(values: Source, pod: KeyPath) -> Iterator[Privilege]:
    """The privileges of a pod spec and its containers."""
    yield from of_list(values, *pod, "initContainers")
    yield from of_list(values, *pod, "containers")
    for key in _HOST:
        path = (*pod, key)
        if fields.is_on(values, *path):
            yield "pod", Field(key, path)


def user(values: Source, contexts: Iterable[KeyPath]) -> Field[int] | None:
    """The user ID of a container, from the first of its security contexts with one."""
    # The container's own context overrides the pod's.
    for context in contexts:
        number = fields.number(values, *context, "runAsUser")
        if number is not None:
            return number
    return None


def read_only_root(values: Source, *context: Key) -> Field[bool] | None:
    """Whether the container's own file system is read-only."""
    path = (*context, "readOnlyRootFilesystem")
    switch = fields.switch(values, *path)
    if switch is None:
        return None
    return Field(switch, path)
