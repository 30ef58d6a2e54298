"""What happens now, on standard error: a line that renews itself on a terminal, else one now and then."""

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

_SELDOM = 30.0


class Progress:
    """Several cases may tell at once."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._terminal = out, out.isatty()
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._told: dict[str, float] = {}

    def say(self, case: str) -> Callable[[str], None]:
        """What a case waits for."""
        return lambda text: self._waiting(case, text)

    def done(self, case: str) -> Callable[[Step], None]:
        """A step of a case has ended."""
        return lambda step: self.line(step_line(case, step))

    def line(self, text: str) -> None:
        """A line that stays."""
        with self._lock:
            self._write(f"{self._wipe()}{clean(text)}\n")

    def _waiting(self, case: str, text: str) -> None:
        now = time.monotonic()
        with self._lock:
            if self._terminal:
                width = shutil.get_terminal_size().columns - 1
                told = clean_line(f"{now - self._start:4.0f} s  {case}: {text}")
                self._write(f"{self._wipe()}{told[:width]}")
            elif now - self._told.get(case, 0.0) >= _SELDOM:
                self._told[case] = now
                self._write(clean_line(f"{case}: {text}") + "\n")

    def _write(self, text: str) -> None:
        with contextlib.suppress(
            OSError
        ):  # the terminal may be gone, and what was made has to go too
            self._out.write(text)
            self._out.flush()

    def _wipe(self) -> str:
        return "\r\x1b[K" if self._terminal else ""
