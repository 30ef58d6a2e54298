"""Progress on standard error.

On a terminal one line is overwritten again and again; elsewhere a line appears now and
then.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable
from typing import TextIO

from helm_llm.harness.reporters.text import step_line
from helm_llm.harness.result import Step
from helm_llm.masking import clean, clean_line

_INTERVAL_SECONDS = 30.0


class Progress:
    """The progress of several cases, which may run at the same time."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._is_terminal = out, out.isatty()
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._last_line: dict[str, float] = {}
        """Time of the last line of each case."""

    def waiting(self, case: str) -> Callable[[str], None]:
        """Return a function that shows what a case is waiting for."""
        return lambda text: self._show_waiting(case, text)

    def step_ended(self, case: str) -> Callable[[Step], None]:
        """Return a function that shows a step of a case that has ended."""
        return lambda step: self.write_line(step_line(case, step))

    def write_line(self, text: str) -> None:
        """Write a line that stays."""
        with self._lock:
            self._write(f"{self._clear_line()}{clean(text)}\n")

    def _show_waiting(self, case: str, text: str) -> None:
        now = time.monotonic()
        with self._lock:
            if self._is_terminal:
                width = shutil.get_terminal_size().columns - 1
                line = clean_line(f"{now - self._start:4.0f} s  {case}: {text}")
                self._write(f"{self._clear_line()}{line[:width]}")
            elif now - self._last_line.get(case, 0.0) >= _INTERVAL_SECONDS:
                self._last_line[case] = now
                self._write(clean_line(f"{case}: {text}") + "\n")

    def _write(self, text: str) -> None:
        # The terminal may be gone, but what was created must still be removed.
        with contextlib.suppress(OSError):
            self._out.write(text)
            self._out.flush()

    def _clear_line(self) -> str:
        return "\r\x1b[K" if self._is_terminal else ""
