"""A kubectl that forwards to a server of the test, and an OpenAI server that misbehaves on request."""

import json
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.entry_service import Entry
from helm_llm.tools.kubectl import Access, Kubectl

Answer = tuple[int, str]
Program = Callable[[str, str], Path]

MODELS = json.dumps({"object": "list", "data": [{"id": "llama", "object": "model"}]})
COMPLETION = json.dumps({"choices": [{"text": "hello"}]})
CHAT = json.dumps({"choices": [{"message": {"role": "assistant", "content": "hello"}}]})
STREAM = 'data: {"choices": [{"delta": {"content": "hello"}}]}\n\ndata: [DONE]\n\n'

GOOD: dict[str, Answer] = {
    "/v1/models": (200, MODELS),
    "/v1/completions": (200, COMPLETION),
    "/v1/chat/completions": (200, CHAT),
    "stream": (200, STREAM),
}


class Api(ThreadingHTTPServer):
    """Answers by path; requires `key` if it is not empty."""

    daemon_threads = True

    def __init__(self, answers: dict[str, Answer], key: str = "") -> None:
        self.answers, self.key = answers, key
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self._answer(self.path)

    def do_POST(self) -> None:
        body: dict[str, Any] = json.loads(
            self.rfile.read(int(self.headers["Content-Length"]))
        )
        self._answer("stream" if body.get("stream") else self.path)

    def _answer(self, path: str) -> None:
        refused = (
            self.server.key
            and self.headers.get("Authorization") != f"Bearer {self.server.key}"
        )
        status, text = (
            (401, "{}") if refused else self.server.answers.get(path, (404, "{}"))
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Keep requests out of the output of the test."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Write a shell script that replaces a program, into its own directory."""

    def write(name: str, script: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@contextmanager
def served_by(api: Api) -> Iterator[int]:
    """Run a server; yield its port."""
    thread = threading.Thread(target=api.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api.server_address[1]
    finally:
        api.shutdown()
        api.server_close()
        thread.join()


@pytest.fixture
def endpoint(program: Program) -> Iterator[Callable[..., Endpoint]]:
    """An endpoint whose port-forward leads to a server with these answers."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(
            answers: dict[str, Answer], *, key: str = "", sent: str = ""
        ) -> Endpoint:
            port = stack.enter_context(served_by(Api(answers, key)))
            script = f'echo "Forwarding from 127.0.0.1:{port} -> 8000"; exec sleep 60'
            kubectl = Kubectl(str(program("kubectl", script)), Access(), "default")
            return stack.enter_context(
                Endpoint(kubectl, Entry("service/llm", "80"), key=sent)
            )

        yield make
