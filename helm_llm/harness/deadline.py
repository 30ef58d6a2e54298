"""Waiting: always up to a deadline, always for something that has a name."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

_stopping = threading.Event()


class Stopped(BaseException):
    """The run ends: whoever waits unwinds, and what was created is removed on the way."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time, on the clock that never jumps."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def left(self) -> float:
        """Seconds until then, 0 when it has passed."""
        return max(0.0, self.at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether it has passed."""
        return self.left == 0


def pause(seconds: float) -> None:
    """Sleep, unless the run ends: then raise Stopped."""
    if _stopping.wait(seconds):
        raise Stopped


def check_stopped() -> None:
    """Raise Stopped when the run ends."""
    pause(0)


def stop() -> None:
    """End every wait of every thread."""
    _stopping.set()


def resume() -> None:
    """Let waits wait again: for the removal of what was created, and for the next run."""
    _stopping.clear()
