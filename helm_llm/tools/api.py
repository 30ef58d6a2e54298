"""Objects and logs of the API server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from helm_llm.tools.kubectl import Unanswered
from helm_llm.tools.proxy import Proxy
from helm_llm.typed import Object, text

_MAX_LOG = 4 << 20
_CLUSTER_SCOPED = "nodes", "namespaces", "runtimeclasses"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Api:
    """The objects of one namespace, and those that belong to the whole cluster.

    Resources have their full names, as for kubectl: `pods`, `deployments.apps`.
    """

    proxy: Proxy
    namespace: str

    def get(self, *resources: str) -> list[Object]:
        """Return all objects of these resources.

        There are none of a resource that the server does not have.
        """
        objects: list[Object] = []
        for resource in resources:
            objects += self._list(resource)
        return objects

    def find(self, resource: str, name: str) -> Object | None:
        """Return one object, None if it does not exist."""
        path = self._path(resource)
        if not path or not _NAME.fullmatch(name):
            return None
        return self.proxy.object(f"{path}/{quote(name, safe='')}")

    def logs(
        self, pod: str, container: str, *, previous: bool = False, lines: int = 400
    ) -> str:
        """Return the last lines of a container; empty if it never ran."""
        query = {
            "container": container,
            "previous": str(previous).lower(),
            "tailLines": lines,
            "limitBytes": _MAX_LOG,
        }
        parameters = urlencode(query, errors="replace")
        path = f"{self._path('pods')}/{quote(pod, safe='')}/log?{parameters}"
        try:
            # Some servers exceed the limit by a line.
            return self.proxy.get(path, 2 * _MAX_LOG) or ""
        except Unanswered:
            return ""

    def _list(self, resource: str) -> Iterator[Object]:
        path = self._path(resource)
        answer = self.proxy.object(path) if path else None
        if answer is None:
            return
        items = answer.get("items")
        if not isinstance(items, (list, type(None))):
            raise Unanswered(f"the answer to GET {path} is not a list")
        # Only the list has the version and the kind of its items.
        kind = str(answer.get("kind", "")).removesuffix("List")
        shared = {"apiVersion": answer.get("apiVersion"), "kind": kind}
        for item in items or ():
            if _has_name(item):
                yield {**shared, **item}

    def _path(self, resource: str) -> str | None:
        plural, _, group = resource.partition(".")
        version = self.proxy.version(group) if group else "v1"
        if not version:
            return None
        root = f"/apis/{version}" if group else f"/api/{version}"
        if plural in _CLUSTER_SCOPED:
            return f"{root}/{plural}"
        return f"{root}/namespaces/{quote(self.namespace, safe='')}/{plural}"


def _has_name(item: object) -> bool:
    """Whether an object has a valid name; nothing else about it is certain."""
    return isinstance(item, Mapping) and bool(
        _NAME.fullmatch(text(item, "metadata", "name"))
    )
