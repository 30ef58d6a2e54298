"""One HTTP exchange with a server that need not be well-behaved: bounded in time and in size."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PIECE = 65536


class TooLong(Exception):
    """The answer has more bytes than it may have; the message says how many those are."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the target of a redirect or nothing, and the body."""

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
    most: int,
) -> Answer:
    """Send a request and read its answer to the end.

    Raises OSError or HTTPException when there is no answer, TimeoutError when it has not ended after `seconds`, and
    TooLong when it has more than `most` bytes. The connection is closed.
    """
    with contextlib.closing(connection):
        connection.connect()
        with _ended(connection.sock, seconds):
            connection.request(method, path, body, dict(headers or {}))
            with contextlib.closing(connection.getresponse()) as response:
                content = _content(response, most)
                return Answer(
                    response.status, response.getheader("Location") or "", content
                )


def _content(response: http.client.HTTPResponse, most: int) -> bytes:
    parts = bytearray()
    while part := response.read1(_PIECE):
        parts += part
        if len(parts) > most:
            raise TooLong(f"more than {most >> 20} MiB")
    if response.length:
        raise http.client.IncompleteRead(bytes(parts), response.length)
    return bytes(parts)


@contextlib.contextmanager
def _ended(connected: socket.socket, seconds: float) -> Iterator[None]:
    """A socket's timeout starts again with each byte that comes, so a clock of our own ends the connection."""
    end = time.monotonic() + seconds
    clock = threading.Timer(seconds, _shut_down, (connected,))
    clock.daemon = True
    clock.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= end:
            raise TimeoutError(f"timed out: no end after {seconds:g} s") from error
        raise
    finally:
        clock.cancel()
    if time.monotonic() >= end:  # it was cut off, and looks as if it had ended
        raise TimeoutError(f"timed out: no end after {seconds:g} s")


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # not through TLS, which would forget its state: so the reader sees the end of the connection
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
