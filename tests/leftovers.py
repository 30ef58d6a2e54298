"""Programs that do not want to end, and whether they did."""

import os
import time
from pathlib import Path

DEAF = "trap '' TERM INT HUP QUIT\n"
"""For a shell script that ignores what asks it to end."""


def script(path: Path, text: str) -> str:
    """An executable shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def sleeper(pids: Path, seconds: int = 120) -> str:
    """A line of a shell script: a child in the background, which notes its id and keeps the outputs open."""
    return f"sh -c 'echo $$ >> {pids}; exec sleep {seconds}' &\nwhile ! [ -s {pids} ]; do :; done\n"


def still_there(pids: Path, patience: float = 3) -> list[int]:
    """The noted processes that do not go."""
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
    return state != "Z"  # whose parent does not look after it


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
