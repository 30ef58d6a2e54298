"""Waiting, always up to a deadline, and interruptible for all threads at once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

_stopping = threading.Event()


class Stopped(BaseException):
    """The run ends. Waiting threads unwind and remove what they created."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time on the monotonic clock."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def left(self) -> float:
        """Seconds until the deadline, 0 once it has passed."""
        return max(0.0, self.at - time.monotonic())

    @property
    def has_passed(self) -> bool:
        """Whether no time is left."""
        return self.left == 0


def pause(seconds: float) -> None:
    """Sleep; raise Stopped if the run ends meanwhile."""
    if _stopping.wait(seconds):
        raise Stopped


def check_stopped() -> None:
    """Raise Stopped if the run is ending."""
    pause(0)


def is_stopping() -> bool:
    """Whether the run is ending."""
    return _stopping.is_set()


def stop() -> None:
    """End the waiting of every thread."""
    _stopping.set()


def resume() -> None:
    """Allow waiting again, for removing what was created and for the next run."""
    _stopping.clear()
