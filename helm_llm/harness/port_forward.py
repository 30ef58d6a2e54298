"""A port-forward to a pod or a Service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack

from helm_llm.harness.deadline import Deadline
from helm_llm.harness.entry_service import Entry
from helm_llm.process.server import ServerProcess
from helm_llm.tools.kubectl import Kubectl

START_SECONDS = 60
"""Time for kubectl to start forwarding, which takes long on a busy machine."""
_FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d{1,5}) ->")
_LAST_PORT = 65535
_MAX_LINES = 100


class PortForward:
    """A port-forward that can be opened again after it was closed."""

    def __init__(self, kubectl: Kubectl, entry: Entry) -> None:
        self._kubectl, self._entry = kubectl, entry
        self._process: ServerProcess | None = None
        self._port = 0
        self._stack = ExitStack()
        self.last_output: Sequence[str] = ()
        """What kubectl printed before the port-forward was closed."""

    def open(self) -> int:
        """Open it, unless it is open; return the local port.

        Raises ConnectionError, with what kubectl printed, if it does not forward.
        """
        if self._process:
            return self._port
        process = self._stack.enter_context(
            self._kubectl.port_forward(self._entry.target, self._entry.port)
        )
        lines = _lines_until_forwarding(process)
        match = _FORWARDING.search(lines[-1])
        if not match or int(match[1]) > _LAST_PORT:
            self.last_output = lines
            self._stack.close()
            raise ConnectionError(lines[-1])
        self._process, self._port = process, int(match[1])
        return self._port

    def close(self) -> None:
        """Close it, and keep its remaining output."""
        if self._process:
            self.last_output = _remaining_lines(self._process)
        self.end()

    def end(self) -> None:
        """Close it without waiting for more output."""
        self._process = None
        self._stack.close()


def _lines_until_forwarding(process: ServerProcess) -> Sequence[str]:
    """The lines up to the one with the port, which may follow warnings.

    All lines if none has a port; there is always at least one line.
    """
    deadline = Deadline.after(START_SECONDS)
    lines = ["kubectl port-forward printed no port"]
    while len(lines) < _MAX_LINES:
        line = process.line(deadline.left)
        if line is None:
            break
        if line:
            lines.append(line)
        if _FORWARDING.search(line):
            break
    return lines


def _remaining_lines(process: ServerProcess) -> Sequence[str]:
    """The lines since the last read.

    Errors of the port-forward come a moment after the connection breaks.
    """
    lines: list[str] = []
    while len(lines) < _MAX_LINES:
        line = process.line(0.3)
        if line is None:
            break
        lines.append(line)
    return lines
