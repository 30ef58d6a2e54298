"""Child processes. The only module that imports subprocess.

Children started here never outlive us: `terminate_all` runs on the way out when there is a failure or Ctrl-C.
"""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

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


def run(*argv: str, stdin: str | None = None) -> Completed:
    """Run a program to its end; raises ToolMissing if it cannot be started."""
    return start(*argv, stdin=stdin).result()


def start(*argv: str, stdin: str | None = None) -> Running:
    """Start a program and go on; raises ToolMissing if it cannot be started."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
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

    def result(self) -> Completed:
        """Wait for its end."""
        self._reader.join()
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


def terminate_all() -> None:
    """End every child that still runs."""
    for process in tuple(_running):
        with contextlib.suppress(OSError):
            process.terminate()
