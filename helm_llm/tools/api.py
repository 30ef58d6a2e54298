"""What the API server shows, read through one `kubectl proxy` for a whole run.

It logs in as kubectl does, and an answer takes milliseconds where each kubectl is a tenth of a second of computing.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

from helm_llm import json_text
from helm_llm.process.server import ServerProcess
from helm_llm.tools.beginning import beginning
from helm_llm.tools.exchange import TooLong, exchange
from helm_llm.tools.kubectl import REQUEST_SECONDS, Access, Unanswered

Object = Mapping[str, Any]

_START_SECONDS = 60
_LONGEST = 100
"""Bytes that every system takes for the path of a socket."""
_MOST = 256 << 20
"""Bytes of one answer: five thousand nodes have some fifty million."""
_MOST_OF_A_LOG = 4 << 20
_OF_THE_CLUSTER = "nodes", "namespaces", "runtimeclasses"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"[a-z0-9.-]{1,253}/v[a-z0-9]{1,62}", re.ASCII)


class Proxy:
    """`kubectl proxy` behind a socket that only its directory's owner reaches; started when it is needed."""

    def __init__(self, binary: str, access: Access, place: Path) -> None:
        self._argv = (binary, *access.for_kubectl, "proxy")
        self._place = place
        self._guard, self._process, self._stack = (
            threading.Lock(),
            ExitStack(),
            ExitStack(),
        )
        self._runs = False
        self._versions: dict[str, str | None] = {}

    def __enter__(self) -> Proxy:
        if len(os.fsencode(self._place)) > _LONGEST:
            self._place = Path(
                self._stack.enter_context(TemporaryDirectory(prefix="helm-llm-")), "api"
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._stack.close()

    def get(self, path: str, most: int = _MOST) -> str | None:
        """The answer, None where there is no such thing; raises Unanswered."""
        self._open()
        try:
            answer = exchange(
                _Connection(self._place),
                "GET",
                path,
                seconds=REQUEST_SECONDS,
                most=most,
            )
        except TooLong as error:
            raise Unanswered(
                f"the answer to GET {path} is {error}, which is not read"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise Unanswered(
                f"kubectl proxy gave no answer: {str(error) or type(error).__name__}"
            ) from error
        body = answer.body.decode("utf-8", "replace")
        if answer.status == 404:
            return None
        if not 200 <= answer.status < 300:
            raise Unanswered(_reason(body))
        return body

    def object(self, path: str) -> Object | None:
        """The same, read as one object; Unanswered when it is none."""
        body = self.get(path)
        if body is None:
            return None
        found = json_text.object_in(body)
        if found is None:
            raise Unanswered(
                f"the answer to GET {path} is no object of Kubernetes: {beginning(body) or '(empty)'}"
            )
        return found

    def version(self, group: str) -> str | None:
        """The version of an API group that the server prefers, `apps/v1`; None if it does not know the group."""
        if group not in self._versions:
            preferred = (self.object(f"/apis/{group}") or {}).get("preferredVersion")
            version = (
                preferred.get("groupVersion")
                if isinstance(preferred, Mapping)
                else None
            )
            self._versions[group] = (
                version
                if isinstance(version, str) and _VERSION.fullmatch(version)
                else None
            )
        return self._versions[group]

    def _open(self) -> None:
        with self._guard:
            if not self._runs:
                self._place.unlink(missing_ok=True)
                serving = self._process.enter_context(
                    ServerProcess(*self._argv, f"--unix-socket={self._place}")
                )
                said = _until_it_serves(serving)
                if "Starting to serve" not in said:
                    self._process.close()
                    raise Unanswered(
                        f"kubectl proxy does not start: {beginning(said) or 'it said nothing'}"
                    )
                self._runs = True

    def _close(self) -> None:
        with self._guard:
            self._runs = False
            self._process.close()


def _until_it_serves(serving: ServerProcess) -> str:
    """The line that says so, which may come after warnings; else the last line."""
    end, last = monotonic() + _START_SECONDS, ""
    while (line := serving.line(max(0.0, end - monotonic()))) is not None:
        last = line or last
        if "Starting to serve" in line:
            break
    return last


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
    status = json_text.object_in(body) or {}
    message = status.get("message") or status.get("reason")
    if isinstance(message, str) and message:
        return beginning(message)
    return f"the cluster does not answer: {beginning(body)} (`kubectl cluster-info` tries to reach it too)"


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
        if not path or not _NAME.fullmatch(name):
            return None
        return self.proxy.object(f"{path}/{quote(name, safe='')}")

    def logs(
        self, pod: str, container: str, *, previous: bool = False, lines: int = 400
    ) -> str:
        """The last lines a container printed; empty when it never ran."""
        limits = {"tailLines": lines, "limitBytes": _MOST_OF_A_LOG}
        query = urlencode(
            {"container": container, "previous": str(previous).lower(), **limits},
            errors="replace",
        )
        try:
            return (
                self.proxy.get(
                    f"{self._path('pods')}/{quote(pod, safe='')}/log?{query}",
                    2 * _MOST_OF_A_LOG,
                )
                or ""
            )
        except Unanswered:
            return ""

    def _list(self, kind: str) -> Iterator[Object]:
        path = self._path(kind)
        found = (self.proxy.object(path) if path else None) or {}
        items = found.get("items")
        if not isinstance(items, (list, type(None))):
            raise Unanswered(f"the answer to GET {path} is no list of Kubernetes")
        # a list says once what its items are
        own = {
            "apiVersion": found.get("apiVersion"),
            "kind": str(found.get("kind", "")).removesuffix("List"),
        }
        yield from (own | dict(item) for item in items or () if _is_named(item))

    def _path(self, kind: str) -> str | None:
        plural, _, group = kind.partition(".")
        root = self.proxy.version(group) if group else "v1"
        place = (
            ""
            if plural in _OF_THE_CLUSTER
            else f"namespaces/{quote(self.namespace, safe='')}/"
        )
        return f"/{'apis' if group else 'api'}/{root}/{place}{plural}" if root else None


def _is_named(item: Any) -> bool:
    """Whether it has a name that Kubernetes could have given; nothing else of an object is taken for granted."""
    metadata = item.get("metadata") if isinstance(item, Mapping) else None
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return isinstance(name, str) and bool(_NAME.fullmatch(name))
