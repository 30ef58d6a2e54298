"""Lint values files that contain many of one thing, and double the number each time."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from measure import Cost, Step

SIZES = (4_000, 8_000, 16_000, 32_000)


def _repeat(head: str, line: str) -> Callable[[int], str]:
    """Return a function that writes a line so many times, with the number of the item."""

    def text(count: int) -> str:
        lines = [line.format(number) for number in range(2, count + 2)]
        return head + "".join(lines)

    return text


KINDS: Mapping[str, Callable[[int], str]] = {
    "keys": _repeat("podAnnotations:\n", '  k{0}: "v"\n'),
    "unknown keys": _repeat("", "unknown{0}: 1\n"),
    "annotations": _repeat("podAnnotations:\n", "  a{0}: {0}\n"),
    "arguments": _repeat("vllm:\n  additionalArgs:\n", "    - --a{0}\n"),
}
DIFF = "findings with --diff"

Growth = Mapping[str, list[tuple[Cost, Cost]]]
"""Kind -> the costs of our lint and of Helm, for each size."""


def measure_growth(
    directory: Path, ours: Callable[..., Step], helm: Callable[[str], Step]
) -> Growth:
    """Measure one lint without rendering and one `helm template` for each kind and size."""
    directory.mkdir()
    measured: dict[str, list[tuple[Cost, Cost]]] = {}
    for kind, text in {**KINDS, DIFF: KINDS["annotations"]}.items():
        flags = ["--diff"] if kind == DIFF else []
        costs = measured[kind] = []
        for size in SIZES:
            file = directory / "values.yaml"
            file.write_text(text(size), encoding="utf-8")
            lint = ours("-f", str(file), "--no-render", *flags)
            costs.append((lint(), helm(str(file))()))
    return measured


def growth_table(measured: Growth) -> list[list[str]]:
    """Return rows with CPU seconds, the ratio to half the size and the ratio to Helm."""
    rows = [["", "items", "CPU s", "x half", "x helm template"]]
    for kind, costs in measured.items():
        half = ""
        for number, (lint, helm) in enumerate(costs):
            if number:
                half = f"{lint.cpu / costs[number - 1][0].cpu:.1f}"
            size, ratio = f"{SIZES[number]:,}", f"{lint.cpu / helm.cpu:.1f}"
            rows.append([kind, size, f"{lint.cpu:.2f}", half, ratio])
    return rows


def worst_growth(measured: Growth) -> float:
    """Return the largest ratio of a size to half of it."""
    ratios = []
    for costs in measured.values():
        for (half, _), (whole, _) in pairwise(costs):
            ratios.append(whole.cpu / half.cpu)
    return max(ratios)
