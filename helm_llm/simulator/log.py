"""What the engine prints: to stderr, a line at a time, never a key and never a request's body."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass


def say(text: str) -> None:
    """One write per line: threads do not mix, and a process that ends at once loses nothing."""
    with contextlib.suppress(OSError):
        os.write(2, f"{text}\n".encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Log:
    """The engine's layout, or NIM's objects (their layout is a guess)."""

    jsonl: bool = False

    def engine(self, text: str) -> None:
        """A line of vLLM's own logger."""
        stamp = time.strftime("%m-%d %H:%M:%S")
        self._write(
            f"(APIServer pid={os.getpid()}) INFO {stamp} [launcher.py:1] ", text
        )

    def http(self, text: str) -> None:
        """A line of its web server."""
        self._write("INFO:     ", text)

    def simulator(self, text: str) -> None:
        """A line that no engine prints."""
        self._write("", f"[simulator] {text}")

    def _write(self, prefix: str, text: str) -> None:
        if self.jsonl:
            text = json.dumps(
                {
                    "level": "INFO",
                    "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
                    "message": text,
                }
            )
        say(text if self.jsonl else prefix + text)
