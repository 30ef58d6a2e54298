"""Values files of which there is much of one thing, twice as much each time: what linting them costs beside Helm."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from measure import Cost, Step

SIZES = (4_000, 8_000, 16_000, 32_000)


def _lines(head: str, line: str) -> Callable[[int], str]:
    return lambda count: (
        head + "".join(line.format(number + 2) for number in range(count))
    )


KINDS: Mapping[str, Callable[[int], str]] = {
    "keys": _lines("podAnnotations:\n", '  k{0}: "v"\n'),
    "unknown keys": _lines("", "unknown{0}: 1\n"),
    "annotations": _lines("podAnnotations:\n", "  a{0}: {0}\n"),
    "arguments": _lines("vllm:\n  additionalArgs:\n", "    - --a{0}\n"),
}
DIFF = "findings with --diff"


Measured = Mapping[str, list[tuple[Cost, Cost]]]


def growth(
    directory: Path, ours: Callable[..., Step], helm: Callable[[str], Step]
) -> Measured:
    """For each kind and size: one lint without rendering, and one `helm template` of the same file."""
    directory.mkdir()
    found: dict[str, list[tuple[Cost, Cost]]] = {}
    for kind, text in {**KINDS, DIFF: KINDS["annotations"]}.items():
        for size in SIZES:
            file = directory / "values.yaml"
            file.write_text(text(size), encoding="utf-8")
            flags = ["--diff"] if kind == DIFF else []
            lint = ours("-f", str(file), "--no-render", *flags)()
            found.setdefault(kind, []).append((lint, helm(str(file))()))
    return found


def growth_table(measured: Measured) -> list[list[str]]:
    """CPU seconds, how often those of half the size, and how often Helm's."""
    rows = [["", "items", "CPU s", "x half", "x helm template"]]
    for kind, costs in measured.items():
        before = 0.0
        for size, (lint, helm) in zip(SIZES, costs, strict=True):
            growth = f"{lint.cpu / before:.1f}" if before else ""
            rows.append(
                [
                    kind,
                    f"{size:,}",
                    f"{lint.cpu:.2f}",
                    growth,
                    f"{lint.cpu / helm.cpu:.1f}",
                ]
            )
            before = lint.cpu
    return rows


def worst_growth(measured: Measured) -> float:
    """The largest ratio of a size to its half."""
    pairs = [pair for costs in measured.values() for pair in pairwise(costs)]
    return max(twice[0].cpu / once[0].cpu for once, twice in pairs)
