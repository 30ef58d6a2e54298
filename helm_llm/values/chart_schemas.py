"""Schemas of a chart that refer to other files or URLs.

Helm would fetch such a URL, or read the file and quote from it in its errors.
"""

from __future__ import annotations

import re
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError

_REFERENCE = re.compile(r'"\$(?:ref|dynamicRef|recursiveRef)"\s*:\s*"(?!#)')
_DRAFT = re.compile(r'"\$schema"\s*:\s*"(?!https?://json-schema\.org/)')
_ESCAPED = "\\u00"
"""Escapes with which JSON may spell `$ref` in another way."""


def has_self_contained_schemas(chart: str) -> bool:
    """Whether no schema of a chart's directory and its subcharts refers elsewhere.

    False for archives, which are not searched. Links that lead in circles must have
    been refused before.
    """
    top = Path(chart)
    if not top.is_dir() or not _is_self_contained(top / "values.schema.json"):
        return False
    subcharts = top / "charts"
    if not subcharts.is_dir():
        return True
    for child in sorted(subcharts.iterdir()):
        if child.suffix == ".tgz":
            return False
        if not child.is_file() and not has_self_contained_schemas(str(child)):
            return False
    return True


def _is_self_contained(schema: Path) -> bool:
    if not schema.exists():
        return True
    try:
        text = inputs.read_file(str(schema), "the schema").decode("utf-8", "replace")
    except UsageError:  # loading the chart reports this
        return False
    if _ESCAPED in text:
        return False
    return not _REFERENCE.search(text) and not _DRAFT.search(text)
