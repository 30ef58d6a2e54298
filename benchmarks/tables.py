"""Measured figures as tables for a terminal or a Markdown page."""

from collections.abc import Mapping, Sequence
from typing import Any

from measure import Costs, Figure

Rows = Sequence[Sequence[str]]


def costs_table(measured: Mapping[str, Costs]) -> Rows:
    """One line for each thing that ran."""
    rows = [
        [name, _ms(costs.wall), _ms(costs.cpu), f"{costs.memory.median:.0f}"]
        for name, costs in measured.items()
    ]
    return [["", "wall ms", "CPU ms", "peak MB"], *rows]


def _ms(seconds: Figure) -> str:
    median, low, high = (
        f"{value * 1000:,.0f}" for value in (seconds.median, seconds.low, seconds.high)
    )
    return f"{median} ({low} to {high})"


def targets_table(
    targets: Mapping[str, Mapping[str, Any]], measured: Mapping[str, float]
) -> Rows:
    """One line for each target: what was promised, what was measured, whether it holds."""
    rows = [["target", "promised", "measured", ""]]
    for name, target in targets.items():
        bound = "at most" if "at_most" in target else "at least"
        limit, value, unit = (
            target[bound.replace(" ", "_")],
            measured[name],
            target["unit"],
        )
        met = value <= limit if bound == "at most" else value >= limit
        rows.append(
            [
                target["what"],
                f"{bound} {limit}{unit}",
                f"{value:.3g}{unit}",
                "met" if met else "missed",
            ]
        )
    return rows


def text(rows: Rows, *, markdown: bool) -> str:
    """Columns of equal width, the first aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        for row in rows
    ]
    for line, row in zip(lines, rows, strict=True):
        line[0] = row[0].ljust(widths[0])
    if not markdown:
        return "\n".join("  ".join(line).rstrip() for line in lines)
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])
