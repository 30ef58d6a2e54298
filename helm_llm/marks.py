"""Children that a killed run left: they carry its mark in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from helm_llm.process import run

_MARK = "HELM_LLM_RUN"


def mark_children(id: str) -> None:
    """From now on children carry this mark in their environment."""
    os.environ[_MARK] = id


def end_marked(id: str) -> list[int]:
    """End the processes that carry the mark, which their parent left; returns their ids."""
    found = [
        pid
        for pid, environment in _environments()
        if f"{_MARK}={id}" in environment and pid != os.getpid()
    ]
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
                yield (
                    int(directory.name),
                    (directory / "environ").read_text("utf-8", "replace").split("\0"),
                )
        return
    for line in run("ps", "-xEwwo", "pid=,command=", timeout=10).stdout.splitlines():
        pid, _, words = line.strip().partition(" ")
        yield int(pid), words.split()
