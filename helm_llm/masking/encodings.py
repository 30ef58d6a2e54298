"""The forms in which tools print a text."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SHORTEST_ENCODED = 6
"""Bytes of which the base64 form is told from ordinary text."""


def encodings(text: str) -> Iterator[str]:
    """The text itself and what it becomes in JSON, YAML, XML, URLs, shell lines, values paths and base64."""
    yield text
    yield from (
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
    )
    if not text.isalnum():
        yield from _of_markup(text)
        yield from (
            json.dumps(text)[1:-1].replace(char, f"\\u{ord(char):04x}")
            for char in "<>&"
            if char in text
        )
        yield text.replace("'", "''")
        yield shlex.quote(text).strip("'")
        yield "".join(f"\\{char}" if char in ".,=[]{}\\" else char for char in text)
        yield " ".join(text.split())
    data = text.encode("utf-8", "surrogatepass")
    yield from (
        quote(data, safe=""),
        quote_plus(data),
        quote(data, safe="").lower(),
        quote(data),
    )
    if len(data) >= _SHORTEST_ENCODED:
        yield from _base64(data)
        yield data.hex()


def _of_markup(text: str) -> Iterator[str]:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for double in ('"', "&quot;", "&#34;"):
        yield from (
            text.replace('"', double).replace("'", single)
            for single in ("'", "&#39;", "&#x27;", "&apos;")
        )


def _base64(data: bytes) -> Iterator[str]:
    """Also as a part of something longer, which shifts the groups of three bytes."""
    yield base64.b64encode(data).decode().rstrip("=")
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        whole = encoded[(0, 2, 3)[shift] : len(encoded) - ((shift + len(data)) % 3 > 0)]
        if len(whole) >= 8:
            yield whole
            yield whole.replace("+", "-").replace("/", "_")
