"""One HTTP exchange, limited in time and size, with a server that may misbehave."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_CHUNK = 65536


class TooLong(Exception):
    """The answer exceeds its limit, which the message states."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, target of a redirect (or an empty text), and body."""

    status: int
    location: str
    body: bytes


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    seconds: float,
    limit: int,
) -> Answer:
    """Send a request, read its answer to the end, and close the connection.

    Raises OSError or HTTPException if there is no answer, TimeoutError if it has not
    ended after `seconds`, and TooLong if it has more than `limit` bytes.
    """
    with contextlib.closing(connection):
        connection.connect()
        with _time_limit(connection.sock, seconds):
            connection.request(method, path, body, dict(headers or {}))
            with contextlib.closing(connection.getresponse()) as response:
                content = _read_body(response, limit)
                location = response.getheader("Location") or ""
                return Answer(response.status, location, content)


def _read_body(response: http.client.HTTPResponse, limit: int) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise TooLong(f"more than {limit >> 20} MiB")
    if response.length:
        raise http.client.IncompleteRead(bytes(body), response.length)
    return bytes(body)


@contextlib.contextmanager
def _time_limit(connected: socket.socket, seconds: float) -> Iterator[None]:
    """Shut the connection down after `seconds`, and raise TimeoutError then.

    The timeout of a socket starts again with each byte, so it limits nothing.
    """
    end = time.monotonic() + seconds
    timer = threading.Timer(seconds, _shut_down, (connected,))
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= end:
            raise TimeoutError(f"timed out after {seconds:g} s") from error
        raise
    finally:
        timer.cancel()
    # A connection that was shut down looks to the reader as if the answer had ended.
    if time.monotonic() >= end:
        raise TimeoutError(f"timed out after {seconds:g} s")


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # SSLSocket.shutdown would discard the TLS state, and the reader would then
        # read encrypted bytes. This one makes it see the end of the connection.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
