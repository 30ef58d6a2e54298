"""Child processes. The only module that imports subprocess.

Children started here never outlive us: `terminate_all` runs on the way out when there is a failure or Ctrl-C.
What a killed parent leaves carries its mark in the environment: `end_marked` finds and ends it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from helm_llm.errors import ToolError

_running: set[subprocess.Popen[str]] = set()
_MARK = "HELM_LLM_RUN"


@dataclass(frozen=True, slots=True)
class Completed:
    """What a finished process left: exit code and both outputs."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return _shown(self.argv)


def _shown(argv: Iterable[str]) -> str:
    """As it can be pasted, but for a token."""
    return shlex.join("--token=..." if word.startswith("--token=") else word for word in argv)


class ToolMissing(ToolError):
    """A program is not installed or cannot be executed."""

    def __init__(self, program: str, cure: str) -> None:
        super().__init__(f"{program} was not found: {cure}")


class CommandFailed(ToolError):
    """A program ended with an error where it must not."""

    def __init__(self, completed: Completed) -> None:
        reason = completed.stderr.strip().splitlines()[-1:] or [f"exit code {completed.code}"]
        super().__init__(f"{reason[0]} (from `{completed}`)")


class TimedOut(ToolError):
    """A program did not end in time, and was ended."""

    def __init__(self, argv: tuple[str, ...], seconds: float) -> None:
        super().__init__(f"no end after {seconds:g} s (of `{_shown(argv)}`)")


def run(*argv: str, stdin: str | None = None, timeout: float | None = None, without: Collection[str] = ()) -> Completed:
    """Run a program to its end; raises ToolMissing if it cannot be started, TimedOut if it takes too long."""
    return start(*argv, stdin=stdin, without=without).result(timeout)


def start(*argv: str, stdin: str | None = None, without: Collection[str] = ()) -> Running:
    """Start a program, without some environment variables, and go on; raises ToolMissing if it cannot be started."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={name: value for name, value in os.environ.items() if name not in without} if without else None,
        )
    except OSError as error:
        raise ToolMissing(argv[0], error.strerror or "it cannot be executed") from error
    return Running(argv, process, stdin)


class Running:
    """A process that runs while we work; its pipes are emptied by a thread, so that it never waits for us."""

    def __init__(self, argv: tuple[str, ...], process: subprocess.Popen[str], stdin: str | None) -> None:
        self._argv, self._process, self._output = argv, process, ("", "")
        self._reader = threading.Thread(target=self._communicate, args=(stdin,), daemon=True)
        _running.add(process)
        self._reader.start()

    def result(self, timeout: float | None = None) -> Completed:
        """Wait for its end; raises TimedOut, and ends it, when that takes too long."""
        self._reader.join(timeout)
        if self._reader.is_alive():
            _end(self._process)
            raise TimedOut(self._argv, timeout or 0)
        return Completed(self._argv, self._process.returncode, *self._output)

    def _communicate(self, stdin: str | None) -> None:
        self._output = self._process.communicate(stdin)
        _running.discard(self._process)


class Ahead:
    """Processes in order, `window` of them started before they are asked for."""

    def __init__(self, calls: Iterable[Callable[[], Running]], window: int) -> None:
        self._calls = iter(calls)
        self._started = deque(call() for call in islice(self._calls, window))

    def __iter__(self) -> Iterator[Running]:
        while self._started:
            running = self._started.popleft()
            self._started.extend(call() for call in islice(self._calls, 1))
            yield running


class Serving:
    """A process that serves until its block ends; both of its outputs are read line by line."""

    def __init__(self, *argv: str) -> None:
        self._argv = argv
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def __enter__(self) -> Serving:
        try:
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise ToolMissing(self._argv[0], error.strerror or "it cannot be executed") from error
        _running.add(self._process)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)
        self._reader.join(3)
        _running.discard(self._process)

    def line(self, timeout: float) -> str | None:
        """The next line; None when there is none in time or the process has ended."""
        try:
            return self._lines.get(timeout=timeout)
        except queue.Empty:
            return None

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask, then insist."""
    with contextlib.suppress(OSError):
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(3)


def terminate_all() -> None:
    """End every child that still runs."""
    for process in tuple(_running):
        with contextlib.suppress(OSError):
            process.terminate()


def mark(run: str) -> None:
    """From now on children carry this mark in their environment."""
    os.environ[_MARK] = run


def end_marked(run: str) -> list[int]:
    """End the processes that carry the mark, which their parent left; returns their ids."""
    found = [pid for pid, environment in _environments() if f"{_MARK}={run}" in environment and pid != os.getpid()]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _alive(found):
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        end = time.monotonic() + 5
        while _alive(found) and time.monotonic() < end:
            time.sleep(0.05)
    return found


def _alive(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if _exists(pid)]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _environments() -> Iterator[tuple[int, list[str]]]:
    """Our own processes with their environments; what is not ours cannot be read."""
    if Path("/proc/self/environ").exists():
        for directory in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                yield int(directory.name), (directory / "environ").read_text("utf-8", "replace").split("\0")
        return
    for line in run("ps", "-xEwwo", "pid=,command=", timeout=10).stdout.splitlines():
        pid, _, words = line.strip().partition(" ")
        yield int(pid), words.split()
