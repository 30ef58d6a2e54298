"""An OpenAI API behind a port-forward."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from helm_llm import json_text
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.entry_service import Entry
from helm_llm.harness.port_forward import PortForward
from helm_llm.harness.result import Failed, NoAnswer
from helm_llm.tools.beginning import beginning
from helm_llm.tools.exchange import TooLong, exchange
from helm_llm.tools.kubectl import Kubectl

RETRY_SECONDS = 10
"""How long a request is retried after the first connection that breaks."""
_MAX_ANSWER = 8 << 20
"""Bytes of the answer to any of our requests."""
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
        self._tls = tls
        self._forward = PortForward(kubectl, entry)

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._forward.end()

    @property
    def url(self) -> str:
        """The address, valid while the port-forward is open."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._forward.open()}{self.base}"

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
                self._forward.close()
                raise Failed(f"{name}: the answer has {error}") from error
            except (OSError, http.client.HTTPException) as error:
                self._forward.close()
                deadline = deadline or Deadline.after(RETRY_SECONDS)
                # A server that took too long once will do so again.
                if deadline.has_passed or isinstance(error, TimeoutError):
                    reason = beginning(self._reason(error))
                    raise NoAnswer(f"{name}: no answer ({reason})") from error
            pause(1)

    def _try(self, request: _Request) -> Reply:
        port = self._forward.open()
        answer = exchange(
            self._connection(port, request.seconds),
            request.method,
            request.path,
            request.body,
            request.headers,
            seconds=request.seconds,
            limit=_MAX_ANSWER,
        )
        body = answer.body.decode("utf-8", "replace")
        return Reply(answer.status, body, answer.location)

    def _connection(self, port: int, seconds: float) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        # The certificate is for the name of the Service, not for localhost, so there is
        # nothing to verify it against.
        context = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=seconds, context=context
        )

    def _reason(self, error: Exception) -> str:
        """What kubectl printed about a broken connection, else the error itself."""
        errors = [line for line in self._forward.last_output if "error" in line]
        if not errors:
            return _shorten(str(error) or type(error).__name__)
        for line in errors:
            if "refused" in line:
                return _shorten(line)
        return _shorten(errors[-1])


def _shorten(message: str) -> str:
    # kubectl's line is long, and its end matters: which port refused the connection.
    refused = re.search(
        r"forwarding (?:port )?(\d+)(?: -> (\d+))?.*connection refused", message
    )
    if not refused:
        return message[-300:]
    port = refused[2] or refused[1]
    return f"connection refused: nothing listens on port {port} in the pod"
