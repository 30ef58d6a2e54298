"""A simulated engine in a separate process, and a client that shows raw answers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SIMULATOR = (sys.executable, "-m", "helm_llm.simulator")
PATIENCE = 20
DEFAULTS = {"SIM_GPUS": "1", "SIM_VLLM_VERSION": "0.33.0"}


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def events(self) -> list[str]:
        """Text after `data: ` of each server-sent event."""
        parts = self.text.split("\n\n")
        assert parts.pop() == ""
        assert all(part.startswith("data: ") for part in parts)
        return [part.removeprefix("data: ") for part in parts]


@dataclass(frozen=True)
class Engine:
    """A running simulator."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body, named = (
                json.dumps(body).encode(),
                {"content-type": "application/json"} | named,
            )
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def chat(self, text: str = "hello there", **fields: Any) -> Answer:
        return self.post(
            "/v1/chat/completions",
            {"messages": [{"role": "user", "content": text}], **fields},
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def accepts(self) -> bool:
        with socket.socket(
            socket.AF_INET6 if ":" in self.host else socket.AF_INET
        ) as client:
            return client.connect_ex((self.host, self.port)) == 0


@dataclass(frozen=True)
class Ended:
    """A simulator that has exited."""

    code: int
    stdout: str
    stderr: str

    @property
    def last(self) -> str:
        return self.stderr.splitlines()[-1]


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    return {**inherited, "PYTHONPATH": str(ROOT), **DEFAULTS, **changes}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def launched(
    log: Path,
    argv: Sequence[str],
    environ: Mapping[str, str],
    *,
    port: int,
    cwd: Path | None = None,
) -> Iterator[Engine]:
    """Start a simulator for the duration of the block, without waiting until it listens."""
    with log.open("w") as stderr:
        process = subprocess.Popen(
            argv,
            env=environment(environ),
            stderr=stderr,
            stdout=stderr,
            text=True,
            cwd=cwd,
        )
    try:
        yield Engine(process, port, log)
    finally:
        process.kill()
        process.wait()


def wait_until_it_listens(engine: Engine) -> Engine:
    deadline = time.monotonic() + PATIENCE
    while not engine.accepts():
        assert engine.process.poll() is None, engine.log.read_text()
        assert time.monotonic() < deadline, engine.log.read_text()
        time.sleep(0.01)
    return engine


def run(argv: Sequence[str], environ: Mapping[str, str]) -> Ended:
    """Run a simulator that exits by itself."""
    done = subprocess.run(
        argv, env=environment(environ), capture_output=True, text=True, timeout=PATIENCE
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def ended(*words: str, **environ: str) -> Ended:
    """Command line of the image's entrypoint with these words."""
    return run((*SIMULATOR, *words), environ)


def refused(*words: str, **environ: str) -> Ended:
    """Command line of `vllm serve WORDS` on any port."""
    return ended("serve", *words, "--port=0", **environ)
