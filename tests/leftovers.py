"""Programs that ignore signals, and checks whether they have ended."""

import os
import time
from pathlib import Path

DEAF = "trap '' TERM INT HUP QUIT\n"
"""The first line of a shell script that ignores signals."""


def script(path: Path, text: str) -> str:
    """Write an executable shell script and return its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def sleeper(pids: Path, seconds: int = 120) -> str:
    """Return a line that starts a child in the background.

    The child writes its id to `pids` and keeps standard output and error open.
    """
    return f"sh -c 'echo $$ >> {pids}; exec sleep {seconds}' &\nwhile ! [ -s {pids} ]; do :; done\n"


def still_there(pids: Path, patience: float = 3) -> list[int]:
    """Return the ids of the processes in `pids` that still run after a while."""
    found = [int(line) for line in pids.read_text().split()]
    end = time.monotonic() + patience
    while (left := [pid for pid in found if _runs(pid)]) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return not Path("/proc/self").exists() and _answers(pid)
    # A zombie has ended, although its parent has not waited for it.
    return state != "Z"


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
