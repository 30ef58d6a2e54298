"""Child processes. The only module that imports subprocess.

Children started here never outlive us: `terminate_all` runs on the way out, Ctrl-C included.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from helm_llm.errors import ToolError

_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True, slots=True)
class Completed:
    """What a finished process left: exit code and both outputs."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return shlex.join(self.argv)


class ToolMissing(ToolError):
    """A program is not installed or cannot be executed."""

    def __init__(self, program: str, cure: str) -> None:
        super().__init__(f"{program} was not found: {cure}")


class CommandFailed(ToolError):
    """A program ended with an error where it must not."""

    def __init__(self, completed: Completed) -> None:
        reason = completed.stderr.strip().splitlines()[-1:] or [f"exit code {completed.code}"]
        super().__init__(f"{reason[0]} (from `{completed}`)")


def run(*argv: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Completed:
    """Run a program to its end; raises ToolMissing if it cannot be started."""
    process = _start(argv, stdin, env)
    try:
        stdout, stderr = process.communicate(stdin)
    finally:
        _running.discard(process)
        if process.poll() is None:
            process.kill()
    return Completed(argv, process.returncode, stdout, stderr)


def _start(argv: tuple[str, ...], stdin: str | None, env: Mapping[str, str] | None) -> subprocess.Popen[str]:
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **env} if env else None,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ToolMissing(argv[0], error.strerror or "it cannot be executed") from error
    _running.add(process)
    return process


class Background:
    """A pool that runs processes while we work; leaving the block stops what still runs."""

    def __init__(self, workers: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)

    def __enter__(self) -> Background:
        return self

    def submit(self, call: Callable[[], Completed]) -> Future[Completed]:
        """Queue a call of `run`."""
        return self._pool.submit(call)

    def __exit__(self, *exception: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        terminate_all()


def terminate_all() -> None:
    """End every child that still runs."""
    for process in tuple(_running):
        with contextlib.suppress(OSError):
            process.terminate()
