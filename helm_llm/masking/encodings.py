"""The forms in which tools print a text."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from helm_llm.keypath import escape_key

_SHORTEST_ENCODED = 6
"""Bytes from which on the base64 form cannot be mistaken for ordinary text."""


def encodings(text: str) -> Iterator[str]:
    """The text, and its forms in JSON, YAML, XML, URLs, shells, `--set` and base64."""
    yield text
    yield _json(text)
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    if not text.isalnum():
        yield from _markup_forms(text)
        yield from _json_html_forms(text)
        yield text.replace("'", "''")  # single quotes of YAML
        yield shlex.quote(text).strip("'")
        yield escape_key(text)
        yield " ".join(text.split())
    data = text.encode("utf-8", "surrogatepass")
    yield quote(data, safe="")
    yield quote_plus(data)
    yield quote(data, safe="").lower()
    yield quote(data)
    if len(data) >= _SHORTEST_ENCODED:
        yield from _base64_forms(data)
        yield data.hex()


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_html_forms(text: str) -> Iterator[str]:
    # Go's JSON escapes these; callers may have unescaped some of them.
    for char in "<>&":
        if char not in text:
            continue
        escaped = f"\\u{ord(char):04x}"
        yield _json(text).replace(char, escaped)


def _markup_forms(text: str) -> Iterator[str]:
    # The ampersand first, so that those of the other escapes stay.
    text = text.replace("&", "&amp;")
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    for double in ('"', "&quot;", "&#34;"):
        quoted = text.replace('"', double)
        for single in ("'", "&#39;", "&#x27;", "&apos;"):
            yield quoted.replace("'", single)


def _base64_forms(data: bytes) -> Iterator[str]:
    """Base64 of the data, and of its part that is the same inside longer data.

    Other data before it shifts its groups of three bytes. The characters at both ends
    then depend on the other data, so they are cut off.
    """
    yield base64.b64encode(data).decode().rstrip("=")
    for shift, first in enumerate((0, 2, 3)):
        shifted = b"\0" * shift + data
        encoded = base64.b64encode(shifted).decode().rstrip("=")
        end = len(encoded)
        if len(shifted) % 3:
            end -= 1
        inner = encoded[first:end]
        if len(inner) >= 8:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")
