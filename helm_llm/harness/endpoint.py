"""An OpenAI API behind a port-forward, asked over HTTP."""

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
"""For kubectl to say that it forwards: on a busy machine it takes long to begin."""
RETRY_SECONDS = 10
"""From the first connection that breaks."""
_MOST = 8 << 20
"""Bytes of an answer to any of our questions."""
_FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d{1,5}) ->")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    text: str
    location: str = ""
    """Where a redirect leads, which is not followed."""

    def json(self) -> Any:
        """The body; None if it is no JSON."""
        try:
            return json_text.parse(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        redirect = (
            f" (a redirect to {beginning(self.location)})" if self.location else ""
        )
        return (
            f"status {self.status}{redirect}: {beginning(self.text) or '(empty body)'}"
        )


class Endpoint:
    """The API of one release; opens its port-forward anew when that breaks."""

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
        self._said: Sequence[str] = ()
        self._stack = ExitStack()
        self._port = 0

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """The address while the port-forward is open."""
        self._open()
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}{self.base}"

    def get(self, path: str, *, key: bool = True, seconds: float = 30) -> Reply:
        """GET, with the API key unless told otherwise."""
        return self._answer("GET", path, None, seconds, with_key=key)

    def post(
        self, path: str, body: Mapping[str, Any], *, seconds: float = 120
    ) -> Reply:
        """POST a JSON body."""
        return self._answer("POST", path, json.dumps(body), seconds, with_key=True)

    def _answer(
        self,
        method: str,
        path: str,
        body: str | None,
        seconds: float,
        *,
        with_key: bool,
    ) -> Reply:
        headers = (
            {"Authorization": f"Bearer {self.key.strip()}"}
            if self.key and with_key
            else {}
        )
        if body is not None:
            headers["Content-Type"] = "application/json"
        deadline = None
        while True:
            try:
                return self._try(
                    method,
                    quote(self.base + path, safe=_IN_A_PATH),
                    body,
                    headers,
                    seconds,
                )
            except TooLong as error:
                self._close()
                raise Failed(
                    f"{method} {self.base}{path} through {self.entry}: the answer has {error}"
                ) from error
            except (OSError, http.client.HTTPException) as error:
                self._close()
                deadline = deadline or Deadline.after(RETRY_SECONDS)
                if deadline.passed or isinstance(error, TimeoutError):
                    raise NoAnswer(self._no_answer(method, path, error)) from error
            pause(1)

    def _try(
        self,
        method: str,
        path: str,
        body: str | None,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Reply:
        self._open()
        connection = self._connection(seconds)
        answer = exchange(
            connection, method, path, body, headers, seconds=seconds, most=_MOST
        )
        return Reply(
            answer.status, answer.body.decode("utf-8", "replace"), answer.location
        )

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=seconds)
        # the certificate is the Service's, not localhost's: nothing to check it against
        context = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=seconds, context=context
        )

    def _no_answer(self, method: str, path: str, error: Exception) -> str:
        errors = [line for line in self._said if "error" in line] or [
            str(error) or type(error).__name__
        ]
        said = next((line for line in errors if "refused" in line), errors[-1])
        return f"{method} {self.base}{path} through {self.entry}: no answer ({beginning(_short(said))})"

    def _open(self) -> None:
        if self._forward:
            return
        forward = self._stack.enter_context(
            self._kubectl.port_forward(self.entry.target, self.entry.port)
        )
        said = _until_it_forwards(forward)
        match = _FORWARDING.search(said[-1])
        if not match or int(match[1]) > _LAST_PORT:
            self._said = said
            self._stack.close()
            raise ConnectionError(said[-1])
        self._forward, self._port = forward, int(match[1])

    def _close(self) -> None:
        if self._forward:
            self._said = _rest(self._forward)
            self._forward = None
        self._stack.close()


_IN_A_PATH = "/%:@!$&'()*+,;=~-._?"
_LAST_PORT = 65535
_MOST_LINES = 100


def _until_it_forwards(forward: ServerProcess) -> Sequence[str]:
    """The lines up to the one that names the port, which warnings may precede; all there are when none does."""
    deadline, said = (
        Deadline.after(START_SECONDS),
        ["kubectl port-forward said nothing of a port"],
    )
    while len(said) < _MOST_LINES and (line := forward.line(deadline.left)) is not None:
        said.append(line)
        if _FORWARDING.search(line):
            break
    return [line for line in said if line]


def _rest(forward: ServerProcess) -> Sequence[str]:
    """What the port-forward has said since; its errors come a moment after the connection breaks."""
    said: list[str] = []
    while len(said) < _MOST_LINES and (line := forward.line(0.3)) is not None:
        said.append(line)
    return said


def _short(said: str) -> str:
    """The end of kubectl's long line is what matters: which port refused."""
    refused = re.search(
        r"forwarding (?:port )?(\d+)(?: -> (\d+))?.*connection refused", said
    )
    return (
        f"connection refused: nothing listens on port {refused[2] or refused[1]} in the pod"
        if refused
        else said[-300:]
    )
