"""JSON that others wrote: a schema, a model's config.json, a baseline; answers of programs and servers."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DEPTH = 200
"""As for YAML: no one nests data this deep, and every later stage may recurse safely."""


class NotJson(ValueError):
    """Why a text is not JSON, as the end of a sentence; `place` is `:LINE:COLUMN` or empty."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def parse(text: str) -> Any:
    """The value of a JSON text; NotJson says what is wrong with it.

    NaN and the infinities are null, and half a surrogate pair, which no UTF-8 can hold, is a question mark.
    """
    try:
        value = json.loads(text, parse_constant=lambda _: None)
        if _SURROGATE.search(text):
            value = json.loads(
                json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            )
    except json.JSONDecodeError as error:
        raise NotJson(
            f"not JSON: {error.msg}", f":{error.lineno}:{error.colno}"
        ) from None
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except ValueError:  # Python does not convert more than 4,300 digits
        raise NotJson("a number in it has too many digits") from None
    if is_deeper(value, MAX_DEPTH):
        raise NotJson(_TOO_DEEP)
    return value


def object_in(text: str) -> dict[str, Any] | None:
    """The object that a text is as JSON; None when it is anything else, or no JSON."""
    try:
        value = parse(text)
    except NotJson:
        return None
    return value if isinstance(value, dict) else None


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"


def is_deeper(value: Any, levels: int) -> bool:
    """Whether maps and lists are nested more than so many levels deep; does not recurse."""
    found = [value]
    for _ in range(levels + 1):
        found = [child for one in found for child in _children(one)]
        if not found:
            return False
    return True


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
