"""SIGINT, SIGTERM, SIGHUP and SIGQUIT, which end the program as Ctrl-C does.

Children and temporary resources are removed first. Children run in their own sessions,
so Ctrl-C in a terminal reaches only us. Whoever starts one does so inside
`defer_signals`: a signal between the start of a child and its registration would leave
the child behind.
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
_RESEND_SECONDS = 0.05
_deferrals = 0
"""Number of `defer_signals` blocks that are active."""
_pending: Interrupted | None = None
_received: Interrupted | None = None


class Interrupted(KeyboardInterrupt):
    """A signal to end; `exit_code` is what a shell expects after it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.exit_code = 128 + number


def listen() -> None:
    """Raise Interrupted at a signal from now on.

    A signal that our parent ignores, as under nohup, stays ignored.
    """
    for number in _numbers():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _handle)
    sys.unraisablehook = _handle_unraisable


def received() -> Interrupted | None:
    """Return the signal that has arrived, if any: it explains later failures."""
    return _received


def ignore() -> None:
    """Ignore all signals, for the last and short steps."""
    for number in _numbers():
        signal.signal(number, signal.SIG_IGN)
    if os.name != "nt":
        signal.setitimer(signal.ITIMER_REAL, 0)  # see _send_soon


@contextmanager
def defer_signals() -> Iterator[None]:
    """Raise a signal that arrives in the block only at its end."""
    global _deferrals, _pending
    # Python handles signals in the main thread only.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _deferrals += 1
    try:
        yield
    finally:
        _deferrals -= 1
    if _pending and not _deferrals:
        late, _pending = _pending, None
        raise late


def _handle(number: int, frame: FrameType | None) -> None:
    global _pending, _received
    _received = Interrupted(number)
    if _deferrals:
        _pending = _received
    elif _is_importing(frame):
        _send_soon(number)
    else:
        raise _received


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported.

    A native module may panic if the import of another one it needs is interrupted.
    """
    while frame:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _handle_unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again if a callback raised its exception, which Python ignores."""
    if isinstance(lost.exc_value, Interrupted):
        _send_soon(lost.exc_value.number)
    else:
        sys.__unraisablehook__(lost)


def _send_soon(number: int) -> None:
    if os.name == "nt":
        timer = threading.Timer(_RESEND_SECONDS, signal.raise_signal, (number,))
        timer.daemon = True
        timer.start()
        return
    # A timer of the system, because starting a thread waits for locks that the code
    # this handler interrupts may hold.
    signal.signal(signal.SIGALRM, lambda _, frame: _handle(number, frame))
    signal.setitimer(signal.ITIMER_REAL, _RESEND_SECONDS)


def _numbers() -> list[int]:
    # Windows has neither SIGHUP nor SIGQUIT.
    return [int(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)]
