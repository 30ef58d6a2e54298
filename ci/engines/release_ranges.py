"""The ranges of releases that have a flag or variable: `{"--nnodes": [["0.11.1"]]}`.

A range is [first release with it, first release without it]. The second is absent as long
as the newest release has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Ranges = Mapping[str, list[list[str]]]


def release_number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def releases_of(ranges: Ranges) -> Iterator[str]:
    """Yield every release that a range names."""
    for spans in ranges.values():
        for span in spans:
            yield from span


def without_release(ranges: Ranges, release: str) -> Ranges:
    """Return the ranges as they were before the newest release was added."""
    earlier: dict[str, list[list[str]]] = {}
    for name, spans in ranges.items():
        for span in spans:
            if span[0] == release:
                continue
            kept = [end for end in span if end != release]
            earlier.setdefault(name, []).append(kept)
    return earlier


def with_release(ranges: Ranges, release: str, names: Iterable[str]) -> Ranges:
    """Return the ranges after a release that is newer than all others.

    `names` are the flags or variables that it has.
    """
    present = set(names)
    later = {}
    for name in sorted(present.union(ranges)):
        spans = [list(span) for span in ranges.get(name, ())]
        if name in present and not is_open(spans):
            spans.append([release])
        elif name not in present and is_open(spans):
            spans[-1].append(release)
        later[name] = spans
    return later


def is_open(spans: list[list[str]]) -> bool:
    """Whether the newest release so far has the name."""
    return bool(spans) and len(spans[-1]) == 1
