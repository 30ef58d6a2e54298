"""What the API server shows, read through one `kubectl proxy` for a whole run.

It logs in as kubectl does, and an answer takes milliseconds where each kubectl is a tenth of a second of computing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from helm_llm.process import Serving
from helm_llm.tools.kubectl import REQUEST_SECONDS, Access, Unanswered

Object = Mapping[str, Any]

_START_SECONDS = 10
_LONGEST = 100
"""Bytes that every system takes for the path of a socket."""
_OF_THE_CLUSTER = "nodes", "namespaces", "runtimeclasses"


class Proxy:
    """`kubectl proxy` behind a socket that only its directory's owner reaches; started when it is needed."""

    def __init__(self, binary: str, access: Access, place: Path) -> None:
        self._argv = (binary, *access.for_kubectl, "proxy")
        self._place = place
        self._guard, self._process, self._stack = threading.Lock(), ExitStack(), ExitStack()
        self._runs = False
        self._versions: dict[str, str | None] = {}

    def __enter__(self) -> Proxy:
        if len(os.fsencode(self._place)) > _LONGEST:
            self._place = Path(self._stack.enter_context(TemporaryDirectory(prefix="helm-llm-")), "api")
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._stack.close()

    def get(self, path: str) -> str | None:
        """The answer, None where there is no such thing; raises Unanswered."""
        self._open()
        connection = _Connection(self._place)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise Unanswered(f"kubectl proxy gave no answer: {str(error) or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status >= 400 and answer.status != 404:
            raise Unanswered(_reason(body))
        return body if answer.status < 400 else None

    def version(self, group: str) -> str | None:
        """The version of an API group that the server prefers, `apps/v1`; None if it does not know the group."""
        if group not in self._versions:
            found = json.loads(self.get(f"/apis/{group}") or "{}")
            self._versions[group] = found.get("preferredVersion", {}).get("groupVersion")
        return self._versions[group]

    def _open(self) -> None:
        with self._guard:
            if not self._runs:
                self._place.unlink(missing_ok=True)
                serving = self._process.enter_context(Serving(*self._argv, f"--unix-socket={self._place}"))
                said = serving.line(_START_SECONDS) or "it said nothing"
                if "Starting to serve" not in said:
                    self._process.close()
                    raise Unanswered(f"kubectl proxy does not start: {said}")
                self._runs = True

    def _close(self) -> None:
        with self._guard:
            self._runs = False
            self._process.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, place: Path) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._place))


def _reason(body: str) -> str:
    """The message of a Status; the proxy's own words where it reaches no server."""
    with contextlib.suppress(ValueError):
        return str(json.loads(body)["message"])
    return f"the cluster does not answer: {body.strip()} (`kubectl cluster-info` tries to reach it too)"


@dataclass(frozen=True, slots=True)
class Api:
    """One namespace, and what belongs to none. Kinds are named as for kubectl: `pods`, `deployments.apps`."""

    proxy: Proxy
    namespace: str

    def get(self, *kinds: str) -> list[Object]:
        """All objects of these kinds; none of a kind that the server does not know."""
        return [value for kind in kinds for value in self._list(kind)]

    def find(self, kind: str, name: str) -> Object | None:
        """One object, None if there is none."""
        path = self._path(kind)
        answer = self.proxy.get(f"{path}/{quote(name, safe='')}") if path else None
        return dict(json.loads(answer)) if answer else None

    def logs(self, pod: str, container: str, *, previous: bool = False, lines: int = 400) -> str:
        """The last lines a container printed; empty when it never ran."""
        query = urlencode({"container": container, "previous": str(previous).lower(), "tailLines": lines})
        try:
            return self.proxy.get(f"{self._path('pods')}/{pod}/log?{query}") or ""
        except Unanswered:
            return ""

    def _list(self, kind: str) -> list[Object]:
        path = self._path(kind)
        answer = self.proxy.get(path) if path else None
        found = json.loads(answer or "{}")
        own = {"apiVersion": found.get("apiVersion"), "kind": str(found.get("kind", "")).removesuffix("List")}
        return [own | item for item in found.get("items") or ()]  # a list says once what its items are

    def _path(self, kind: str) -> str | None:
        plural, _, group = kind.partition(".")
        root = self.proxy.version(group) if group else "v1"
        place = "" if plural in _OF_THE_CLUSTER else f"namespaces/{self.namespace}/"
        return f"/{'apis' if group else 'api'}/{root}/{place}{plural}" if root else None
