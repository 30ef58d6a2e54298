"""Programs that run until we end them."""

from __future__ import annotations

import contextlib
import queue

from helm_llm.process.child import DEVNULL, GRACE_SECONDS, STDOUT, Child
from helm_llm.process.pipes import start_thread
from helm_llm.process.running import DRAIN_SECONDS
from helm_llm.signals import defer_signals

_LONGEST_LINE, _MOST_LINES = 64 * 1024, 1000


class ServerProcess:
    """A program that serves until the block ends; its output is read line by line."""

    def __init__(self, *argv: str) -> None:
        self._argv = argv
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_LINES)

    def __enter__(self) -> ServerProcess:
        with defer_signals():
            self._child = Child(self._argv, DEVNULL, STDOUT)
            self._reader = start_thread(self._collect_lines)
            start_thread(self._wait)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()
        self._reader.join(GRACE_SECONDS)

    def line(self, timeout: float) -> str | None:
        """Return the next line.

        None if there is none within `timeout` seconds, or if the program has ended.
        """
        try:
            return self._lines.get(timeout=timeout)
        except queue.Empty:
            return None

    def _wait(self) -> None:
        self._child.process.wait()
        self._reader.join(DRAIN_SECONDS)
        self._child.end_group()
        self._child.forget()

    def _collect_lines(self) -> None:
        assert self._child.process.stdout is not None  # noqa: S101 - it is a pipe
        with self._child.process.stdout as lines:
            while line := lines.readline(_LONGEST_LINE):
                self._put(line.decode("utf-8", "replace").rstrip("\r\n"))
        self._put(None)

    def _put(self, line: str | None) -> None:
        # A port-forward prints a line for each connection, which we never read.
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(line)
