"""Times as Helm writes them: `90s`, `10m`, `1h30m`."""

from __future__ import annotations

import re

from helm_llm.errors import UsageError

_TIME = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?", re.ASCII)
_LONGEST = 7 * 24 * 3600


def seconds_of(text: str, flag: str) -> float:
    """Seconds, more than 0 and at most a week; a bare number is seconds. UsageError names the flag."""
    match = _TIME.fullmatch(text)
    hours, minutes, seconds = (
        (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    )
    total = hours * 3600 + minutes * 60 + seconds
    if not 0 < total <= _LONGEST:
        raise UsageError(
            f"{flag} {_short(text)}: write it as 90s, 10m or 1h30m, at most 168h"
        )
    return float(total)


def _short(text: str) -> str:
    return repr(text) if len(text) <= 20 else f"{text[:20]!r}..."
