"""JSON from programs and servers that need not send any."""

from __future__ import annotations

import json
import re
from typing import Any

from helm_llm.masking import masked

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN = 200


def read_json(text: str) -> Any:
    """The value; raises ValueError for what is no JSON or nested too deeply.

    NaN and the infinities are null, and half a surrogate pair, which no UTF-8 can hold, is a question mark.
    """
    try:
        value = json.loads(text, parse_constant=lambda _: None)
        if _SURROGATE.search(text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def beginning(text: str) -> str:
    """Of what was printed instead, one short line."""
    words = " ".join(masked(text[: 4 * _SHOWN]).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]} ..."
