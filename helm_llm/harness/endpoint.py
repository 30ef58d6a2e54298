"""An OpenAI API behind a port-forward."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from helm_llm import json_text
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.entry_service import Entry
from helm_llm.harness.result import Failed, NoAnswer
from helm_llm.process.server import ServerProcess
from helm_llm.tools.beginning import beginning
from helm_llm.tools.exchange import TooLong, exchange
from helm_llm.tools.kubectl import Kubectl

START_SECONDS = 60
"""Time for kubectl to start forwarding, which takes long on a busy machine."""
RETRY_SECONDS = 10
"""How long a request is retried after the first connection that breaks."""
_MAX_ANSWER = 8 << 20
"""Bytes of the answer to any of our requests."""
_FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d{1,5}) ->")
_LAST_PORT = 65535
_MAX_LINES = 100
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of the server."""

    status: int
    text: str
    location: str = ""
    """Target of a redirect, which is not followed."""

    def json(self) -> Any:
        """Return the parsed body, or None if it is not JSON."""
        try:
            return json_text.parse(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        redirect = ""
        if self.location:
            redirect = f" (a redirect to {beginning(self.location)})"
        body = beginning(self.text) or "(empty body)"
        return f"status {self.status}{redirect}: {body}"


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    body: str | None
    headers: Mapping[str, str]
    seconds: float


class Endpoint:
    """The API of one release; a port-forward that breaks is opened again."""

    def __init__(
        self,
        kubectl: Kubectl,
        entry: Entry,
        *,
        tls: bool = False,
        base: str = "",
        key: str = "",
    ) -> None:
        self.entry, self.base, self.key = entry, base, key
        self._kubectl, self._tls = kubectl, tls
        self._forward: ServerProcess | None = None
        self._last_output: Sequence[str] = ()
        self._stack = ExitStack()
        self._port = 0

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """The address, valid while the port-forward is open."""
        self._open()
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._port}{self.base}"

    def get(self, path: str, *, key: bool = True, seconds: float = 30) -> Reply:
        """Send a GET request, by default with the API key."""
        return self._send("GET", path, None, self._headers(key=key), seconds)

    def post(
        self, path: str, body: Mapping[str, Any], *, seconds: float = 120
    ) -> Reply:
        """Send a POST request with a JSON body and the API key."""
        headers = {**self._headers(key=True), "Content-Type": "application/json"}
        return self._send("POST", path, json.dumps(body), headers, seconds)

    def _headers(self, *, key: bool) -> dict[str, str]:
        if not key or not self.key:
            return {}
        return {"Authorization": f"Bearer {self.key.strip()}"}

    def _send(
        self,
        method: str,
        path: str,
        body: str | None,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Reply:
        """Send a request; raises NoAnswer, or Failed if the answer is too long."""
        name = f"{method} {self.base}{path} through {self.entry}"
        address = quote(self.base + path, safe=_SAFE_IN_PATH)
        request = _Request(method, address, body, headers, seconds)
        deadline: Deadline | None = None
        while True:
            try:
                return self._try(request)
            except TooLong as error:
                self._close()
                raise Failed(f"{name}: the answer has {error}") from error
            except (OSError, http.client.HTTPException) as error:
                self._close()
                deadline = deadline or Deadline.after(RETRY_SECONDS)
                # A server that took too long once will do so again.
                if deadline.has_passed or isinstance(error, TimeoutError):
                    reason = beginning(self._reason(error))
                    raise NoAnswer(f"{name}: no answer ({reason})") from error
            pause(1)

    def _try(self, request: _Request) -> Reply:
        self._open()
        answer = exchange(
            self._connection(request.seconds),
            request.method,
            request.path,
            request.body,
            request.headers,
            seconds=request.seconds,
            limit=_MAX_ANSWER,
        )
        body = answer.body.decode("utf-8", "replace")
        return Reply(answer.status, body, answer.location)

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=seconds)
        # The certificate is for the name of the Service, not for localhost, so there is
        # nothing to verify it against.
        context = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=seconds, context=context
        )

    def _reason(self, error: Exception) -> str:
        """What kubectl printed about a broken connection, else the error itself."""
        errors = [line for line in self._last_output if "error" in line]
        if not errors:
            return _shorten(str(error) or type(error).__name__)
        for line in errors:
            if "refused" in line:
                return _shorten(line)
        return _shorten(errors[-1])

    def _open(self) -> None:
        if self._forward:
            return
        forward = self._stack.enter_context(
            self._kubectl.port_forward(self.entry.target, self.entry.port)
        )
        lines = _lines_until_forwarding(forward)
        match = _FORWARDING.search(lines[-1])
        if not match or int(match[1]) > _LAST_PORT:
            self._last_output = lines
            self._stack.close()
            raise ConnectionError(lines[-1])
        self._forward, self._port = forward, int(match[1])

    def _close(self) -> None:
        if self._forward:
            self._last_output = _remaining_lines(self._forward)
            self._forward = None
        self._stack.close()


def _lines_until_forwarding(forward: ServerProcess) -> Sequence[str]:
    """The lines up to the one with the port, which may follow warnings.

    All lines if none has a port; there is always at least one line.
    """
    deadline = Deadline.after(START_SECONDS)
    lines = ["kubectl port-forward printed no port"]
    while len(lines) < _MAX_LINES:
        line = forward.line(deadline.left)
        if line is None:
            break
        if line:
            lines.append(line)
        if _FORWARDING.search(line):
            break
    return lines


def _remaining_lines(forward: ServerProcess) -> Sequence[str]:
    """The lines since the last read.

    Errors of the port-forward come a moment after the connection breaks.
    """
    lines: list[str] = []
    while len(lines) < _MAX_LINES:
        line = forward.line(0.3)
        if line is None:
            break
        lines.append(line)
    return lines


def _shorten(message: str) -> str:
    # kubectl's line is long, and its end matters: which port refused the connection.
    refused = re.search(
        r"forwarding (?:port )?(\d+)(?: -> (\d+))?.*connection refused", message
    )
    if not refused:
        return message[-300:]
    port = refused[2] or refused[1]
    return f"connection refused: nothing listens on port {port} in the pod"
