"""Run the program on a case and record time, memory, child processes and changed files."""

import ctypes
import faulthandler
import io
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.case import Case
from tests.fuzz.charts import ROOT
from tests.fuzz.sandbox import Sandbox, Snapshot

SECONDS = 10
MEGABYTES = 500
_GRACE = 5.0
"""Seconds in which processes that a run has stopped must end."""


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    code: int
    """The exit code; a negative one is a signal."""
    out: str
    err: str
    stack: str
    """The stack at the end of the time limit."""
    seconds: float
    megabytes: float
    children: tuple[str, ...]
    """Command lines of remaining processes."""
    changed: Mapping[str, bytes | None]
    """New, changed and removed files, by their path below case/."""


def become_reaper() -> None:
    """Adopt processes that a run leaves behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def run(case: Case, box: Sandbox) -> Outcome:
    """Write a case and run it. A slow run is repeated, because the machine may have been busy."""
    outcome = _run(case, box)
    return _run(case, box) if outcome.seconds > SECONDS else outcome


def _run(case: Case, box: Sandbox) -> Outcome:
    box.lay_out(case)
    before, start = box.snapshot(), time.monotonic()
    # A fork has the modules of this process, so it needs no time to import them.
    pid = os.fork()
    if pid == 0:
        _child(case, box)
    status, usage = _wait(pid)
    seconds, children = time.monotonic() - start, _remaining_children()
    megabytes = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    out, err, stack = (
        _read_stream(box.streams / name) for name in ("out", "err", "stack")
    )
    code = os.waitstatus_to_exitcode(status)
    return Outcome(
        code,
        out,
        err,
        stack,
        seconds,
        megabytes,
        children,
        changes(before, box.snapshot()),
    )


def _read_stream(file: Path) -> str:
    return (
        file.read_bytes().decode("utf-8", "backslashreplace") if file.exists() else ""
    )


def _wait(pid: int) -> tuple[int, resource.struct_rusage]:
    """Wait for a run, and kill it if its own time limit has no effect."""
    deadline = time.monotonic() + SECONDS + 5
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def _remaining_children() -> tuple[str, ...]:
    """Kill the children that still run after a while; return their command lines."""
    deadline = time.monotonic() + _GRACE
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ()
        if not pid:
            time.sleep(0.01)
    return tuple(map(_kill, _children()))


def _children() -> list[int]:
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in text.split()]


def _kill(pid: int) -> str:
    command = (
        Path(f"/proc/{pid}/cmdline")
        .read_bytes()
        .replace(b"\0", b" ")
        .decode(errors="replace")
    )
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return command


def changes(before: Snapshot, after: Snapshot) -> dict[str, bytes | None]:
    """Return new, changed and removed files; None if one has no content."""
    changed: dict[str, bytes | None] = {}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            content = after.get(name, ("gone",))[-1]
            changed[name] = content if isinstance(content, bytes) else None
    return changed


def _child(case: Case, box: Sandbox) -> None:
    """Run the program in the forked child, and never return."""
    code = 70
    try:
        _prepare_child(case, box)
        code = _main(case)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _prepare_child(case: Case, box: Sandbox) -> None:
    """Set streams, environment, limits and working directory of the run."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    stack = os.open(box.streams / "stack", flags, 0o600)
    streams = [
        os.open(box.streams / "in", os.O_RDONLY),
        *(os.open(box.streams / name, flags, 0o600) for name in ("out", "err")),
    ]
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    environment = box.environment(case)
    os.environ.clear()
    os.environ.update(environment)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200 << 20, 200 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A program that reads /dev/zero must not fill the memory of the machine.
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    os.chdir(box.checkout)
    faulthandler.dump_traceback_later(SECONDS + 1, exit=True, file=stack)


def _main(case: Case) -> int:
    words = ["lint", *case.arguments]
    if case.own_process:
        os.environ["PYTHONPATH"] = str(ROOT)
        faulthandler.cancel_dump_traceback_later()
        os.execv(
            sys.executable, [sys.executable, str(ROOT / "bin" / "start.py"), *words]
        )
    sys.stdin = io.TextIOWrapper(
        io.FileIO(0, closefd=False), "utf-8", "surrogateescape"
    )
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8"
    )
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)),
        "utf-8",
        "backslashreplace",
        line_buffering=True,
    )
    sys.argv = ["helm-llm", *words]
    from helm_llm.__main__ import main

    main()
