"""`kubectl proxy`, through which a whole run reads from the API server.

The proxy logs in as kubectl does. It answers within milliseconds, while each start of
kubectl takes a tenth of a second of computing time.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from helm_llm import json_text
from helm_llm.process.server import ServerProcess
from helm_llm.tools.beginning import beginning
from helm_llm.tools.exchange import Answer, TooLong, exchange
from helm_llm.tools.kubectl import REQUEST_SECONDS, Access, Unanswered
from helm_llm.typed import Object, text

_START_SECONDS = 60
_MAX_SOCKET_PATH = 100
"""Bytes of the path of a socket that every system supports."""
_MAX_ANSWER = 256 << 20
"""Bytes of one answer; five thousand nodes have some fifty million."""
_SERVING = "Starting to serve"
_VERSION = re.compile(r"[a-z0-9.-]{1,253}/v[a-z0-9]{1,62}", re.ASCII)


class Proxy:
    """A `kubectl proxy`, started with the first request.

    It listens on a socket in a directory that only its owner can read.
    """

    def __init__(self, binary: str, access: Access, socket_path: Path) -> None:
        self._argv = (binary, *access.for_kubectl, "proxy")
        self._socket_path = socket_path
        self._guard = threading.Lock()
        self._process, self._stack = ExitStack(), ExitStack()
        self._is_running = False
        self._versions: dict[str, str | None] = {}

    def __enter__(self) -> Proxy:
        if len(os.fsencode(self._socket_path)) > _MAX_SOCKET_PATH:
            directory = TemporaryDirectory(prefix="helm-llm-")
            self._socket_path = Path(self._stack.enter_context(directory), "api")
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._stack.close()

    def get(self, path: str, limit: int = _MAX_ANSWER) -> str | None:
        """Return the body of the answer, None if the object does not exist.

        Raises Unanswered.
        """
        self._open()
        answer = self._exchange(path, limit)
        body = answer.body.decode("utf-8", "replace")
        if answer.status == 404:
            return None
        if not 200 <= answer.status < 300:
            raise Unanswered(_reason(body))
        return body

    def object(self, path: str) -> Object | None:
        """Return the answer as an object; raises Unanswered if it is not one."""
        body = self.get(path)
        if body is None:
            return None
        found = json_text.object_in(body)
        if found is None:
            shown = beginning(body) or "(empty)"
            raise Unanswered(
                f"the answer to GET {path} is not a Kubernetes object: {shown}"
            )
        return found

    def version(self, group: str) -> str | None:
        """Return the version of an API group that the server prefers, as `apps/v1`.

        None if the server does not have the group.
        """
        if group not in self._versions:
            answer = self.object(f"/apis/{group}")
            version = text(answer, "preferredVersion", "groupVersion")
            is_version = _VERSION.fullmatch(version)
            self._versions[group] = version if is_version else None
        return self._versions[group]

    def _exchange(self, path: str, limit: int) -> Answer:
        connection = _Connection(self._socket_path)
        try:
            return exchange(
                connection, "GET", path, seconds=REQUEST_SECONDS, limit=limit
            )
        except TooLong as error:
            raise Unanswered(
                f"the answer to GET {path} is too long: {error}"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            # Starting another proxy with the next request may help.
            self._close()
            reason = str(error) or type(error).__name__
            raise Unanswered(f"kubectl proxy gave no answer: {reason}") from error

    def _open(self) -> None:
        with self._guard:
            if self._is_running:
                return
            # A proxy that was killed leaves its socket behind.
            self._socket_path.unlink(missing_ok=True)
            server = self._process.enter_context(
                ServerProcess(*self._argv, f"--unix-socket={self._socket_path}")
            )
            line = _wait_for_start(server)
            if _SERVING not in line:
                self._process.close()
                reason = beginning(line) or "it printed nothing"
                raise Unanswered(f"kubectl proxy does not start: {reason}")
            self._is_running = True

    def _close(self) -> None:
        with self._guard:
            self._is_running = False
            self._process.close()


def _wait_for_start(server: ServerProcess) -> str:
    """Return the line that reports the start, else the last line.

    Warnings may come before it.
    """
    end, last = monotonic() + _START_SECONDS, ""
    while (line := server.line(max(0.0, end - monotonic()))) is not None:
        last = line or last
        if _SERVING in line:
            break
    return last


class _Connection(http.client.HTTPConnection):
    def __init__(self, socket_path: Path) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._socket_path = socket_path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._socket_path))


def _reason(body: str) -> str:
    """The message of a Status, or of the proxy if it reaches no server."""
    status = json_text.object_in(body) or {}
    message = status.get("message") or status.get("reason")
    if isinstance(message, str) and message:
        return beginning(message)
    return (
        f"the cluster does not answer: {beginning(body)} "
        "(`kubectl cluster-info` tries to reach it too)"
    )
