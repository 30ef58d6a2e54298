"""Remove from a failing case what the failure does not depend on."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.fuzz.case import Case

SECONDS = 5
"""Time limit for one case."""


def minimize(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Remove links, files, arguments and lines one by one as long as the case still fails."""
    deadline = time.monotonic() + SECONDS
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(case):
            if time.monotonic() > deadline:
                return case
            if fails(smaller):
                case, changed = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """Yield cases without one part, the largest parts first."""
    yield from (
        replace(
            case, links={other: to for other, to in case.links.items() if other != link}
        )
        for link in case.links
    )
    for directory in sorted(
        {name.rpartition("/")[0] for name in case.files if "/" in name}
    ):
        yield replace(
            case,
            files={
                name: content
                for name, content in case.files.items()
                if not name.startswith(directory + "/")
            },
        )
    for file in case.files:
        yield replace(
            case,
            files={
                name: content for name, content in case.files.items() if name != file
            },
        )
    for index in range(len(case.arguments)):
        yield replace(
            case, arguments=case.arguments[:index] + case.arguments[index + 1 :]
        )
    for file, content in case.files.items():
        if not file.startswith("chart/templates/"):
            yield from (
                replace(case, files={**case.files, file: less})
                for less in _less(content)
            )
    for name, content in case.printed.items():
        yield from (
            replace(case, printed={**case.printed, name: less})
            for less in _less(content)
            if name != "code"
        )
    if case.stdin:
        yield from (replace(case, stdin=less) for less in _less(case.stdin))


def _less(content: bytes) -> Iterator[bytes]:
    """Yield the text without a half, a quarter and so on of its lines."""
    lines = content.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        for start in range(0, len(lines), size):
            yield b"".join(lines[:start] + lines[start + size :])
        size //= 2
