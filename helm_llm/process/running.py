"""Programs that run to their end while we do something else."""

from __future__ import annotations

import time
from collections.abc import Collection

from helm_llm.process import pipes
from helm_llm.process.child import DEVNULL, PIPE, Child, terminate_all
from helm_llm.process.completed import Completed, PrintedTooMuch, TimedOut
from helm_llm.process.pipes import Output, feed, start_thread
from helm_llm.signals import defer_signals

SECONDS = 60.0
"""Default deadline of a program."""
DRAIN_SECONDS = 1.0
"""How long an output stays open after its program ended.

A process that the program left running may still hold it.
"""


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
    """Start a program, without some environment variables, and return at once.

    Its deadline is `timeout` seconds from now. Raises ToolMissing if it cannot start.
    """
    source = DEVNULL if stdin is None else PIPE
    with defer_signals():
        return Running(Child(argv, source, PIPE, without), stdin, timeout)


class Running:
    """A running program; threads empty its pipes."""

    def __init__(self, child: Child, stdin: str | None, timeout: float) -> None:
        self._child, self._timeout = child, timeout
        self._end = time.monotonic() + timeout
        self._stdout = Output(child, child.process.stdout)
        self._stderr = Output(child, child.process.stderr)
        if child.process.stdin is not None:
            start_thread(feed, child.process.stdin, (stdin or "").encode())
        start_thread(self._wait)

    def result(self) -> Completed:
        """Wait for the end of the program.

        Raises TimedOut or PrintedTooMuch if the program had to be ended.
        """
        argv = self._child.argv
        if not self._wait_until_deadline():
            self._child.end()
            raise TimedOut(argv, self._timeout)
        if self._stdout.is_cut or self._stderr.is_cut:
            raise PrintedTooMuch(argv, pipes.MAX_OUTPUT)
        code = self._child.process.returncode
        return Completed(argv, code, self._stdout.text(), self._stderr.text())

    def _wait_until_deadline(self) -> bool:
        try:
            return self._child.gone.wait(max(0.0, self._end - time.monotonic()))
        except BaseException:
            # A signal arrived: end all children, including those no thread waits for.
            terminate_all()
            raise

    def _wait(self) -> None:
        self._child.process.wait()
        # A process that the program started may hold the outputs open forever.
        self._drain_outputs()
        self._child.end_group()
        self._drain_outputs()
        self._child.forget()

    def _drain_outputs(self) -> None:
        self._stdout.thread.join(DRAIN_SECONDS)
        self._stderr.thread.join(DRAIN_SECONDS)
