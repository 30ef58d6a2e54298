"""SIGINT, SIGTERM, SIGHUP and SIGQUIT end the program as Ctrl-C does: what it started and made goes first.

Children run in sessions of their own, so that a terminal's Ctrl-C reaches us alone. Whoever starts one does so within
`defer_signals()`: a signal that came between the start of a child and the note of it would leave the child behind.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
_AGAIN_SECONDS = 0.05
_holds = 0
_pending: Interrupted | None = None
_received: Interrupted | None = None


class Interrupted(KeyboardInterrupt):
    """A signal asks for the end; `exit_code` is what a shell expects of a program that one ended."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.exit_code = 128 + number


def listen() -> None:
    """From now on raise Interrupted; a signal that our parent ignores, as under nohup, stays ignored."""
    for number in _numbers():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable


def received() -> Interrupted | None:
    """The signal that came, if one did; what fails after it fails because of it."""
    return _received


def ignore() -> None:
    """For the last steps, which are short: nothing interrupts them."""
    for number in _numbers():
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def defer_signals() -> Iterator[None]:
    """A signal that comes within the block is raised at its end."""
    global _holds, _pending
    if (
        threading.current_thread() is not threading.main_thread()
    ):  # which is never interrupted
        yield
        return
    _holds += 1
    try:
        yield
    finally:
        _holds -= 1
    if _pending and not _holds:
        late, _pending = _pending, None
        raise late


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _pending, _received
    _received = Interrupted(number)
    if _holds:
        _pending = _received
    elif _imports(frame):
        _send_soon(number)
    else:
        raise _received


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported; a native one panics when one that it needs is cut off."""
    while frame:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again whose exception Python lost: it was raised in a callback."""
    if isinstance(lost.exc_value, Interrupted):
        _send_soon(lost.exc_value.number)
    else:
        sys.__unraisablehook__(lost)


def _send_soon(number: int) -> None:
    again = (
        (signal.raise_signal, number)
        if os.name == "nt"
        else (os.kill, os.getpid(), number)
    )
    timer = threading.Timer(_AGAIN_SECONDS, again[0], again[1:])
    timer.daemon = True
    timer.start()


def _numbers() -> list[int]:
    # Windows has neither SIGHUP nor SIGQUIT.
    return [int(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)]
