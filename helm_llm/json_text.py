"""JSON from others: schemas, model configurations, baselines, output of programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 200
"""The same limit as for YAML. No real data is nested this deeply, and later stages can
recurse safely."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"


class NotJson(ValueError):
    """Why a text is not JSON, as the end of a sentence.

    `place` is `:LINE:COLUMN` or empty.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def parse(text: str) -> Any:
    """Return the value of a JSON text; raises NotJson.

    NaN and the infinities become null. Half a surrogate pair, which UTF-8 cannot
    represent, becomes a question mark.
    """
    try:
        value = json.loads(text, parse_constant=lambda _: None)
        if _SURROGATE.search(text):
            value = _replace_surrogates(value)
    except json.JSONDecodeError as error:
        place = f":{error.lineno}:{error.colno}"
        raise NotJson(f"not JSON: {error.msg}", place) from None
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except ValueError:
        # Python converts at most 4,300 digits to an integer.
        raise NotJson("a number in it has too many digits") from None
    if is_deeper(value, MAX_DEPTH):
        raise NotJson(_TOO_DEEP)
    return value


def _replace_surrogates(value: object) -> object:
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))


def object_in(text: str) -> dict[str, Any] | None:
    """Return the object that a JSON text contains, None if it is anything else."""
    try:
        value = parse(text)
    except NotJson:
        return None
    return value if isinstance(value, dict) else None


def is_deeper(value: object, levels: int) -> bool:
    """Whether maps and lists are nested more deeply; does not recurse."""
    children: list[object] = [value]
    for _ in range(levels + 1):
        parents, children = children, []
        for parent in parents:
            children.extend(_children(parent))
        if not children:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
