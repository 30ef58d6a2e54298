"""Threads that empty and fill the pipes of a child, so that it never waits for us."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import IO

from helm_llm.process.child import Child

MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes a program may print to one output.

The manifests of the largest charts are a tenth of that.
"""
_CHUNK = 64 * 1024


class Output:
    """Everything that comes out of one pipe; the child is killed at MAX_OUTPUT."""

    def __init__(self, child: Child, pipe: IO[bytes] | None) -> None:
        assert pipe is not None  # noqa: S101 - the child was started with this pipe
        self.is_cut = False
        self._child, self._pipe, self._data = child, pipe, bytearray()
        self.thread = start_thread(self._collect)

    def text(self) -> str:
        r"""The output with `\n` as its line break and U+FFFD for invalid UTF-8."""
        text = self._data.decode("utf-8", "replace")
        if "\r" not in text:
            return text
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _collect(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), _CHUNK):
                self._data += chunk
                if len(self._data) > MAX_OUTPUT:
                    self.is_cut = True
                    self._child.kill()
                    return


def feed(pipe: IO[bytes], data: bytes) -> None:
    """Write everything to a pipe and close it."""
    # A program may end without reading all of its input.
    with contextlib.suppress(OSError), pipe:
        pipe.write(data)


def start_thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    """Start a thread that does not keep the interpreter alive."""
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread
