"""Durations as Helm writes them: `90s`, `10m`, `1h30m`."""

from __future__ import annotations

import re

from helm_llm.errors import UsageError

_DURATION = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?", re.ASCII)
_MAX_SECONDS = 7 * 24 * 3600
_SHOWN = 20


def seconds_of(text: str, flag: str) -> float:
    """Return the seconds of a duration, more than 0 and at most a week.

    A bare number is in seconds. Raises UsageError, which names the flag.
    """
    seconds = _parse(text)
    if not 0 < seconds <= _MAX_SECONDS:
        shown = repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
        raise UsageError(f"{flag} {shown}: write it as 90s, 10m or 1h30m, at most 168h")
    return float(seconds)


def _parse(text: str) -> int:
    """Return the seconds of a duration, 0 if it is malformed."""
    match = _DURATION.fullmatch(text)
    if not match:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
