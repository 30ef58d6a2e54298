"""What a shell script mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMAND = re.compile(
    r"(?:^|[;&|(]|\b(?:if|then|do|else|until|while|sudo)\s|!)\s*mount(?:\.\w+)?\s+([^;&|)\n]+)",
    re.M,
)
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")


def targets(script: str) -> Iterator[str]:
    """The directory of each `mount ... SOURCE DIRECTORY` that is written out, without a `/` at its end."""
    text = _COMMENT.sub("", script.replace("\\\n", " "))
    for command in _COMMAND.finditer(text):
        words = [word.strip("\"'") for word in command[1].split()]
        last = words[-1] if words else ""
        if len(words) > 1 and last.startswith("/") and "$" not in last:
            yield last.rstrip("/")
