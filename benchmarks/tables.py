"""Measured figures as tables for a terminal or a Markdown page."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from measure import Costs, Figure

Rows = Sequence[Sequence[str]]


class Target(TypedDict, total=False):
    """An entry in targets.yaml, with one of the two bounds."""

    what: str
    unit: str
    at_most: float
    at_least: float


def costs_table(measured: Mapping[str, Costs]) -> Rows:
    """Return a row for each measured step."""
    rows = [["", "wall ms", "CPU ms", "peak MB"]]
    for name, costs in measured.items():
        memory = f"{costs.memory.median:.0f}"
        rows.append([name, _milliseconds(costs.wall), _milliseconds(costs.cpu), memory])
    return rows


def _milliseconds(seconds: Figure) -> str:
    median, low, high = 1000 * seconds.median, 1000 * seconds.low, 1000 * seconds.high
    return f"{median:,.0f} ({low:,.0f} to {high:,.0f})"


def targets_table(targets: Mapping[str, Target], measured: Mapping[str, float]) -> Rows:
    """Return a row for each target with its bound, the measured value and the verdict."""
    rows = [["target", "promised", "measured", ""]]
    for name, target in targets.items():
        value, unit = measured[name], target["unit"]
        if "at_most" in target:
            promise, met = f"at most {target['at_most']}", value <= target["at_most"]
        else:
            promise, met = f"at least {target['at_least']}", value >= target["at_least"]
        verdict = "met" if met else "missed"
        rows.append([target["what"], promise + unit, f"{value:.3g}{unit}", verdict])
    return rows


def format_table(rows: Rows, *, markdown: bool) -> str:
    """Return columns of equal width, the first aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        cells[0] = row[0].ljust(widths[0])
        lines.append(cells)
    if not markdown:
        return "\n".join("  ".join(line).rstrip() for line in lines)
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])
