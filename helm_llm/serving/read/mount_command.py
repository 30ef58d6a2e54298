"""What a shell script mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMAND = re.compile(
    r"(?:^|[;&|(]|\b(?:if|then|do|else|until|while|sudo)\s|!)\s*mount(?:\.\w+)?\s+([^;&|)\n]+)",
    re.M,
)
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")


def mount_targets(script: str) -> Iterator[str]:
    """The directory of each `mount ... SOURCE DIRECTORY`, without a `/` at its end.

    Directories that contain a variable are left out.
    """
    text = _COMMENT.sub("", script.replace("\\\n", " "))
    for command in _COMMAND.finditer(text):
        words = command[1].split()
        if len(words) < 2:
            continue
        last = words[-1].strip("\"'")
        if last.startswith("/") and "$" not in last:
            yield last.rstrip("/")
