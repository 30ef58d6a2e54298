"""Schemas that refer to something outside of themselves: Helm would fetch it, or read that file and quote from it."""

from __future__ import annotations

import re
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError

_REFERENCE = re.compile(r'"\$(?:ref|dynamicRef|recursiveRef)"\s*:\s*"(?!#)')
_DRAFT = re.compile(r'"\$schema"\s*:\s*"(?!https?://json-schema\.org/)')
_ESCAPED = "\\u00"
"""How JSON may write `$ref` in other letters."""


def has_self_contained_schemas(chart: str) -> bool:
    """Whether no schema of a chart's directory and its subcharts refers elsewhere; False for what is not looked into.

    Links in circles are refused before this is asked.
    """
    top = Path(chart)
    if not top.is_dir() or not _is_self_contained(top / "values.schema.json"):
        return False
    charts = top / "charts"
    below = sorted(charts.iterdir()) if charts.is_dir() else []
    return all(
        child.suffix != ".tgz"
        and (child.is_file() or has_self_contained_schemas(str(child)))
        for child in below
    )


def _is_self_contained(schema: Path) -> bool:
    if not schema.exists():
        return True
    try:
        text = inputs.read_file(str(schema), "the schema").decode("utf-8", "replace")
    except UsageError:  # whoever reads the chart says so
        return False
    return (
        _ESCAPED not in text and not _REFERENCE.search(text) and not _DRAFT.search(text)
    )
