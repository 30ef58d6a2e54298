"""Marks in the environment of our children, to find those a killed run left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from helm_llm.process import run

_VARIABLE = "HELM_LLM_RUN"
_GRACE_SECONDS = 5


def mark_children(id: str) -> None:
    """Give all children the mark of a run from now on."""
    os.environ[_VARIABLE] = id


def end_marked(id: str) -> list[int]:
    """End the processes with the mark of a run; return their ids."""
    mark = f"{_VARIABLE}={id}"
    marked: list[int] = []
    for pid, environment in _environments():
        if mark in environment and pid != os.getpid():
            marked.append(pid)
    # The processes get time to clean up before they are killed.
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _alive(marked):
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        end = time.monotonic() + _GRACE_SECONDS
        while _alive(marked) and time.monotonic() < end:
            time.sleep(0.05)
    return marked


def _alive(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if _exists(pid)]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _environments() -> Iterator[tuple[int, list[str]]]:
    """(pid, environment) of the user's own processes; no others can be read."""
    if Path("/proc/self/environ").exists():
        yield from _proc_environments()
        return
    # macOS has no /proc. Its ps appends the environment to the command.
    for line in run("ps", "-xEwwo", "pid=,command=", timeout=10).stdout.splitlines():
        pid, _, words = line.strip().partition(" ")
        yield int(pid), words.split()


def _proc_environments() -> Iterator[tuple[int, list[str]]]:
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (directory / "environ").read_text("utf-8", "replace")
            yield int(directory.name), environment.split("\0")
