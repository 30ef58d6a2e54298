"""HTTP/1.1 over threads: a socket that is bound early and listens late."""

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
from helm_llm.simulator.life import Life
from helm_llm.simulator.log import Log
from helm_llm.simulator.message import Call, Reply
from helm_llm.simulator.settings import Settings

_CONNECTIONS = 60


class Server(ThreadingHTTPServer):
    """Bound from the start; clients are refused until `open`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, settings: Settings, application: Application, life: Life, log: Log
    ) -> None:
        self.settings, self.application, self.life, self.log = (
            settings,
            application,
            life,
            log,
        )
        self.address_family = (
            socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        )
        self._slots = threading.BoundedSemaphore(_CONNECTIONS)
        self._idle, self._busy = threading.Condition(), 0
        self._opened = False
        try:
            super().__init__(
                (settings.host, settings.port), _Exchange, bind_and_activate=False
            )
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(self.server_address)
        except OSError as error:
            raise StartFailed(f"OSError: {error}") from None

    @property
    def url(self) -> str:
        """Where it listens."""
        host = (
            f"[{self.settings.host}]"
            if ":" in self.settings.host
            else self.settings.host or "0.0.0.0"  # noqa: S104
        )
        return f"http{'s' if self.settings.certificate else ''}://{host}:{self.socket.getsockname()[1]}"

    def open(self) -> None:
        """Listen, and answer from now on."""
        if self._opened:
            return
        self._opened = True
        try:
            self.socket.listen(self.request_queue_size)
        except OSError as error:
            raise StartFailed(f"OSError: {error}") from None
        if self.settings.certificate:
            self.socket = _encrypted(self.socket, *self.settings.certificate)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self, seconds: float) -> None:
        """Refuse clients again; requests that are being answered may take so long."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with self._idle:
            self._idle.wait_for(lambda: not self._busy, seconds)

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """While a request is being answered."""
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection, up to a number; then the others wait for their turn."""
        self._slots.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The connection's life."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.process_request(*self.get_request())


class _Exchange(BaseHTTPRequestHandler):
    """One connection; `timeout` ends an idle one, as uvicorn does."""

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
        """The access log is written in one place, below."""

    def send_error(
        self,
        code: int,
        message: str | None = None,
        explain: str | None = None,  # noqa: ARG002
    ) -> None:
        """Http.server's own complaints about requests that are not HTTP."""
        self.close_connection = True
        self._send(
            Reply(
                code,
                (message or "Invalid HTTP request received.").encode(),
                "text/plain; charset=utf-8",
            )
        )

    def _exchange(self) -> None:
        with self.server.busy():
            self._answer()

    def _answer(self) -> None:
        if self.server.life.hung:
            threading.Event().wait()
        path = unquote(self.path.partition("?")[0])
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, path, headers, self._body())
        except ValueError:
            self.send_error(400)
        else:
            reply = self.server.application.reply(call)
            self._log(path, reply.status)
            self._send(reply)

    do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _exchange  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return b"".join(iter(self._chunk, b""))
        length = self.headers.get("content-length", "0")
        return self.rfile.read(int(length)) if length.isdecimal() else b""

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.content_type:
            self.send_header("content-type", reply.content_type)
        if self.server.settings.request_ids and self.headers:
            self.send_header(
                "x-request-id", self.headers.get("x-request-id") or os.urandom(16).hex()
            )
        if reply.events is None:
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body)
        else:
            self._send_events(reply.events)

    def _send_events(self, events: Generator[bytes, None, None]) -> None:
        chunked = self.request_version != "HTTP/1.0"
        self.send_header(
            *("transfer-encoding", "chunked") if chunked else ("connection", "close")
        )
        self.end_headers()
        with contextlib.closing(events):
            for event in events:
                self.wfile.write(
                    b"%x\r\n%s\r\n" % (len(event), event) if chunked else event
                )
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _log(self, path: str, status: int) -> None:
        settings = self.server.settings
        if settings.access_log and path not in settings.quiet_paths:
            client = ":".join(str(part) for part in self.client_address[:2])
            phrase = self.responses.get(status, ("",))[0]
            self.server.log.http(
                f'{client} - "{self.command} {path} HTTP/1.1" {status} {phrase}'.rstrip()
            )


def _encrypted(plain: socket.socket, certificate: str, key: str) -> socket.socket:
    import ssl  # costs memory that few need

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise StartFailed(f"{type(error).__name__}: {error}") from None
    # The handshake belongs into the connection's thread: a silent client must not hold up the others.
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
