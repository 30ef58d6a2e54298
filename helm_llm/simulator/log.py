"""The engine's log on stderr. It contains no keys and no bodies of requests."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass


def log_line(text: str) -> None:
    """Write a line at once.

    One write per line keeps lines of threads apart and loses nothing at exit.
    """
    with contextlib.suppress(OSError):
        os.write(2, f"{text}\n".encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Log:
    """Log lines in vLLM's format; with `jsonl` as JSON, whose keys are a guess at NIM's."""

    jsonl: bool = False

    def engine(self, text: str) -> None:
        """Write a line of vLLM's logger."""
        stamp = time.strftime("%m-%d %H:%M:%S")
        prefix = f"(APIServer pid={os.getpid()}) INFO {stamp} [launcher.py:1] "
        self._write(prefix, text)

    def http(self, text: str) -> None:
        """Write a line of vLLM's web server."""
        self._write("INFO:     ", text)

    def simulator(self, text: str) -> None:
        """Write a line that no engine prints."""
        self._write("", f"[simulator] {text}")

    def _write(self, prefix: str, text: str) -> None:
        if not self.jsonl:
            log_line(prefix + text)
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S")
        entry = {"level": "INFO", "time": stamp, "message": text}
        log_line(json.dumps(entry))
