"""Child processes. The only module that imports subprocess.

Every child leads a session of its own and ends with all that it started: at its own end, at its deadline, when it
prints without end, and in `terminate_all` when we end first.
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
from typing import IO

from helm_llm.errors import ToolError, UsageError
from helm_llm.signals import held

SECONDS = 60.0
"""How long a program may take that nobody gives another deadline."""
MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes that a program may print to one of its outputs; the manifests of the largest charts are a tenth of it."""

_GRACE_SECONDS = 2.0
"""From SIGTERM to SIGKILL."""
_DRAIN_SECONDS = 1.0
"""How long the outputs of a program stay open after its end, for the sake of what it started."""
_LEFT_SECONDS = 0.5
"""From SIGTERM to SIGKILL for what an ended program left; some containers have nobody who looks after the dead."""
_LONGEST_LINE, _MOST_LINES = 64 * 1024, 1000
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has only the one

_children: set[_Child] = set()


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
    return shlex.join(
        "--token=..." if word.startswith("--token=") else word for word in argv
    )


class ToolMissing(ToolError):
    """A program is not installed or cannot be executed."""

    def __init__(self, program: str, cure: str) -> None:
        super().__init__(f"{program} was not found: {cure}")


class CommandFailed(ToolError):
    """A program ended with an error where it must not."""

    def __init__(self, completed: Completed) -> None:
        reason = completed.stderr.strip().splitlines()[-1:] or [
            f"exit code {completed.code}"
        ]
        super().__init__(f"{reason[0]} (from `{completed}`)")


class TimedOut(ToolError):
    """A program did not end in time, and was ended."""

    def __init__(self, argv: tuple[str, ...], seconds: float) -> None:
        super().__init__(f"no end after {seconds:g} s (of `{_shown(argv)}`)")


class PrintedTooMuch(ToolError):
    """A program printed more than MAX_OUTPUT, and was ended."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        super().__init__(
            f"more than {MAX_OUTPUT // 1024**2} MiB of output (of `{_shown(argv)}`)"
        )


def run(
    *argv: str,
    stdin: str | None = None,
    timeout: float = SECONDS,
    without: Collection[str] = (),
) -> Completed:
    """Run a program to its end; raises ToolMissing, TimedOut or PrintedTooMuch."""
    return start(*argv, stdin=stdin, timeout=timeout, without=without).result()


def start(
    *argv: str,
    stdin: str | None = None,
    timeout: float = SECONDS,
    without: Collection[str] = (),
) -> Running:
    """Start a program, without some environment variables, and go on; raises ToolMissing if it cannot be started.

    Its time, in seconds, begins now.
    """
    source = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    with held():
        return Running(_Child(argv, source, subprocess.PIPE, without), stdin, timeout)


class Running:
    """A process that runs while we work; threads empty its pipes, so that it never waits for us."""

    def __init__(self, child: _Child, stdin: str | None, timeout: float) -> None:
        self._child, self._timeout = child, timeout
        self._end = time.monotonic() + timeout
        self._stdout, self._stderr = (
            _Output(child, child.process.stdout),
            _Output(child, child.process.stderr),
        )
        if child.process.stdin is not None:
            _thread(_feed, child.process.stdin, (stdin or "").encode())
        _thread(self._wait)

    def result(self) -> Completed:
        """Wait for its end; raises TimedOut or PrintedTooMuch when it had to be ended."""
        try:
            in_time = self._child.gone.wait(max(0.0, self._end - time.monotonic()))
        except (
            BaseException
        ):  # a signal: all of them end, also those that nobody waits for yet
            terminate_all()
            raise
        argv = self._child.argv
        if not in_time:
            self._child.end()
            raise TimedOut(argv, self._timeout)
        if self._stdout.is_cut or self._stderr.is_cut:
            raise PrintedTooMuch(argv)
        return Completed(
            argv,
            self._child.process.returncode,
            self._stdout.text(),
            self._stderr.text(),
        )

    def _wait(self) -> None:
        self._child.process.wait()
        # What it started may hold its outputs open for ever.
        self._stdout.thread.join(_DRAIN_SECONDS)
        self._stderr.thread.join(_DRAIN_SECONDS)
        self._child.end_group()
        self._stdout.thread.join(_DRAIN_SECONDS)
        self._stderr.thread.join(_DRAIN_SECONDS)
        self._child.forget()


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
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_LINES)

    def __enter__(self) -> Serving:
        with held():
            self._child = _Child(self._argv, subprocess.DEVNULL, subprocess.STDOUT)
            self._reader = _thread(self._read)
            _thread(self._wait)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()
        self._reader.join(_GRACE_SECONDS)

    def line(self, timeout: float) -> str | None:
        """The next line; None when there is none in time or the process has ended."""
        try:
            return self._lines.get(timeout=timeout)
        except queue.Empty:
            return None

    def _wait(self) -> None:
        self._child.process.wait()
        self._reader.join(_DRAIN_SECONDS)
        self._child.end_group()
        self._child.forget()

    def _read(self) -> None:
        assert self._child.process.stdout is not None  # noqa: S101 - it is a pipe
        with self._child.process.stdout as lines:
            while line := lines.readline(_LONGEST_LINE):
                self._put(line.decode("utf-8", "replace").rstrip("\r\n"))
        self._put(None)

    def _put(self, line: str | None) -> None:
        with contextlib.suppress(
            queue.Full
        ):  # nobody reads what a port-forward says of each connection
            self._lines.put_nowait(line)


class _Child:
    """A process, leader of a session, and all that it started in it."""

    def __init__(
        self,
        argv: tuple[str, ...],
        stdin: int,
        stderr: int,
        without: Collection[str] = (),
    ) -> None:
        self.argv = argv
        self.gone = threading.Event()
        self.process = _spawned(argv, stdin, stderr, without)
        _children.add(self)

    def signal(self, number: int) -> bool:
        """Whether there was anybody left to get it."""
        if self.gone.is_set():
            return False
        try:
            if os.name == "nt":
                self.process.kill()  # a group does not end at once there
            else:
                os.killpg(self.process.pid, number)
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Ask, then insist; returns when all are gone."""
        for number in (signal.SIGTERM, _KILL):
            if self.signal(number):
                self.gone.wait(_GRACE_SECONDS)

    def end_group(self) -> None:
        """After the leader's end: end what it left."""
        if os.name == "nt" or not self.signal(signal.SIGTERM):
            return
        end = time.monotonic() + _LEFT_SECONDS
        while self.signal(0) and time.monotonic() < end:
            time.sleep(0.02)
        self.signal(_KILL)

    def forget(self) -> None:
        """All are gone."""
        _children.discard(self)
        self.gone.set()


def _spawned(
    argv: tuple[str, ...], stdin: int, stderr: int, without: Collection[str]
) -> subprocess.Popen[bytes]:
    environment = (
        {name: value for name, value in os.environ.items() if name not in without}
        if without
        else None
    )
    try:
        return subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ToolMissing(argv[0], error.strerror or "it cannot be executed") from error
    except OSError as error:
        raise ToolError(f"{argv[0]} cannot be started: {error.strerror}") from error
    except ValueError as error:  # a NUL, or half a surrogate pair
        raise UsageError(
            f"an argument for {argv[0]} holds what no argument can hold: {error}"
        ) from error


class _Output:
    """What comes out of one pipe."""

    def __init__(self, child: _Child, pipe: IO[bytes] | None) -> None:
        assert pipe is not None  # noqa: S101 - it was asked for
        self.is_cut = False
        self._child, self._pipe, self._data = child, pipe, bytearray()
        self.thread = _thread(self._read)

    def text(self) -> str:
        """With newlines as `\n`, and U+FFFD for what is no UTF-8."""
        text = self._data.decode("utf-8", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _read(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 64 * 1024):
                self._data += chunk
                if len(self._data) > MAX_OUTPUT:
                    self.is_cut = True
                    self._child.signal(_KILL)
                    return


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError), pipe:  # it need not read all of it
        pipe.write(data)


def _thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def terminate_all() -> None:
    """End every child that still runs, with all that it started."""
    left = tuple(_children)
    for number in (signal.SIGTERM, _KILL):
        for child in left:
            child.signal(number)
        end = time.monotonic() + _GRACE_SECONDS
        if all(child.gone.wait(max(0.0, end - time.monotonic())) for child in left):
            return
