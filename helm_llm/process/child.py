"""One child process and everything it starts: how it starts, and how it ends.

The only module that imports subprocess.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Collection

from helm_llm.errors import ToolError, UsageError
from helm_llm.process.completed import ToolMissing

PIPE, DEVNULL, STDOUT = subprocess.PIPE, subprocess.DEVNULL, subprocess.STDOUT

GRACE_SECONDS = 2.0
"""Time between SIGTERM and SIGKILL."""
_ORPHAN_SECONDS = 0.5
"""Time between SIGTERM and SIGKILL for processes that outlive the child.

It is short because in a container without an init process a dead orphan stays a zombie,
so waiting longer for it achieves nothing.
"""
_POLL_SECONDS = 0.02
# Windows has only SIGTERM, which ends a process at once.
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_children: set[Child] = set()


class Latch:
    """An event that a signal may interrupt anywhere.

    A `threading.Event` stays locked if a signal handler raises while `wait` takes its
    lock, and then nothing can wait for it or set it.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Let everything that waits go on."""
        if not self._is_set:
            self._is_set = True
            self._lock.release()

    def is_set(self) -> bool:
        """Whether nothing waits any longer."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Wait for that long at most; return whether it is set."""
        if not self._is_set and self._lock.acquire(timeout=seconds):
            self._lock.release()
        return self._is_set


class Child:
    """A process that leads its own session, and everything it started there."""

    def __init__(
        self,
        argv: tuple[str, ...],
        stdin: int,
        stderr: int,
        without: Collection[str] = (),
    ) -> None:
        self.argv = argv
        self.gone = Latch()
        self.process = _spawn(argv, stdin, stderr, without)
        _children.add(self)

    def signal(self, number: int) -> bool:
        """Send a signal to the whole group; return whether any process received it."""
        if self.gone.is_set():
            return False
        try:
            if os.name == "nt":
                self.process.kill()  # Windows cannot end a group at once
            else:
                os.killpg(self.process.pid, number)
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End the group at once."""
        self.signal(_KILL)

    def end(self) -> None:
        """End the group, if need be by force; return when it is gone."""
        for number in (signal.SIGTERM, _KILL):
            if self.signal(number):
                self.gone.wait(GRACE_SECONDS)

    def end_group(self) -> None:
        """End the processes that the child left running when it ended."""
        if os.name == "nt" or not self.signal(signal.SIGTERM):
            return
        end = time.monotonic() + _ORPHAN_SECONDS
        while self.signal(0) and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        self.kill()

    def forget(self) -> None:
        """Record that the whole group is gone."""
        _children.discard(self)
        self.gone.set()


def _spawn(
    argv: tuple[str, ...], stdin: int, stderr: int, without: Collection[str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=_environment(without),
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ToolMissing(argv[0], error.strerror or "it cannot be executed") from error
    except OSError as error:
        raise ToolError(f"{argv[0]} cannot be started: {error.strerror}") from error
    except ValueError as error:  # a NUL, or half a surrogate pair
        raise UsageError(
            f"an argument for {argv[0]} contains what no argument can: {error}"
        ) from error


def _environment(without: Collection[str]) -> dict[str, str] | None:
    if not without:
        return None
    environment = dict(os.environ)
    for name in without:
        environment.pop(name, None)
    return environment


def terminate_all() -> None:
    """End every child that is still running, with everything it started."""
    left = tuple(_children)
    for number in (signal.SIGTERM, _KILL):
        for child in left:
            child.signal(number)
        end = time.monotonic() + GRACE_SECONDS
        if all(child.gone.wait(max(0.0, end - time.monotonic())) for child in left):
            return
