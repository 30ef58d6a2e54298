"""HTTP/1.1 server with threads, on a socket that is bound early and listens late."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from helm_llm.simulator.application import Application
from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.lifecycle import Lifecycle
from helm_llm.simulator.log import Log
from helm_llm.simulator.message import Request, Response
from helm_llm.simulator.settings import Settings

_CONNECTIONS = 60


class Server(ThreadingHTTPServer):
    """The server of an engine. Connections are refused until `open`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        settings: Settings,
        application: Application,
        lifecycle: Lifecycle,
        log: Log,
    ) -> None:
        self.settings = settings
        self.application = application
        self.lifecycle = lifecycle
        self.log = log
        if ":" in settings.host:
            self.address_family = socket.AF_INET6
        self._slots = threading.BoundedSemaphore(_CONNECTIONS)
        self._idle = threading.Condition()
        self._busy = 0
        self._is_open = False
        address = (settings.host, settings.port)
        try:
            super().__init__(address, _Connection, bind_and_activate=False)
            # A restarted container binds the port again at once.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(self.server_address)
        except OSError as error:
            raise StartFailed(f"OSError: {error}") from None

    @property
    def url(self) -> str:
        """The URL of the server."""
        scheme = "http"
        if self.settings.certificate:
            scheme = "https"
        host = self.settings.host or "0.0.0.0"  # noqa: S104
        if ":" in host:
            host = f"[{host}]"
        # Port 0 in the settings lets the kernel choose one.
        port = self.socket.getsockname()[1]
        return f"{scheme}://{host}:{port}"

    def open(self) -> None:
        """Listen, and answer from now on."""
        if self._is_open:
            return
        self._is_open = True
        try:
            self.socket.listen(self.request_queue_size)
        except OSError as error:
            raise StartFailed(f"OSError: {error}") from None
        if self.settings.certificate:
            self.socket = _wrap_socket(self.socket, *self.settings.certificate)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self, seconds: float) -> None:
        """Refuse connections again, and wait that long for open requests."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with self._idle:
            self._idle.wait_for(lambda: not self._busy, seconds)

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Context in which a request is being answered."""
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, or wait while there are too many."""
        # A thread per connection without a limit would exhaust the pod's memory.
        self._slots.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error, unless the client just went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.process_request(*self.get_request())


class _Connection(BaseHTTPRequestHandler):
    """One connection. It is closed after `timeout` idle seconds, as in uvicorn."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "helm-llm-simulator"
    sys_version = ""
    timeout = 5
    disable_nagle_algorithm = True

    def version_string(self) -> str:
        return self.server_version

    def end_headers(self) -> None:
        self.send_header("x-simulated", "true")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `_log_access` writes the access log."""

    def send_error(
        self,
        code: int,
        message: str | None = None,
        explain: str | None = None,  # noqa: ARG002
    ) -> None:
        """Answer a request that is not valid HTTP."""
        self.close_connection = True
        text = message or "Invalid HTTP request received."
        self._send(Response(code, text.encode(), "text/plain; charset=utf-8"))

    def _handle_request(self) -> None:
        with self.server.busy():
            self._answer()

    do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = (  # noqa: N815
        _handle_request
    )

    def _answer(self) -> None:
        if self.server.lifecycle.is_hung:
            threading.Event().wait()  # forever
        path = unquote(self.path.partition("?")[0])
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._read_body()
        except ValueError:
            self.send_error(400)
            return
        request = Request(self.command, path, headers, body)
        response = self.server.application.respond(request)
        self._log_access(path, response.status)
        self._send(response)

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return b"".join(iter(self._read_chunk, b""))
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            return b""
        return self.rfile.read(int(length))

    def _read_chunk(self) -> bytes:
        # A chunk's size is hexadecimal; extensions may follow it after a semicolon.
        digits, _, _ = self.rfile.readline().partition(b";")
        size = int(digits, 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.content_type:
            self.send_header("content-type", response.content_type)
        if self.server.settings.request_ids and self.headers:
            given = self.headers.get("x-request-id")
            self.send_header("x-request-id", given or os.urandom(16).hex())
        if response.events is not None:
            self._send_events(response.events)
            return
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _send_events(self, events: Generator[bytes, None, None]) -> None:
        # HTTP/1.0 has no chunks, so the end of the connection ends the stream.
        chunked = self.request_version != "HTTP/1.0"
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        else:
            self.send_header("connection", "close")
        self.end_headers()
        with contextlib.closing(events):
            for event in events:
                if chunked:
                    event = b"%x\r\n%s\r\n" % (len(event), event)
                self.wfile.write(event)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _log_access(self, path: str, status: int) -> None:
        settings = self.server.settings
        if not settings.access_log or path in settings.quiet_paths:
            return
        client = ":".join(str(part) for part in self.client_address[:2])
        phrase = self.responses.get(status, ("",))[0]
        line = f'{client} - "{self.command} {path} HTTP/1.1" {status} {phrase}'
        self.server.log.http(line.rstrip())


def _wrap_socket(plain: socket.socket, certificate: str, key: str) -> socket.socket:
    import ssl  # needs memory, and few servers use it

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise StartFailed(f"{type(error).__name__}: {error}") from None
    # The handshake takes place in the connection's thread, so that a silent client does
    # not block the others.
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
