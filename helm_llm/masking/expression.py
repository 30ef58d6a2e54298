"""The secrets of a `--set` option, whether or not its expression is one that Helm takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from helm_llm.masking.names import is_reference, is_secret_name, is_secret_path
from helm_llm.masking.phrases import assigned_spans
from helm_llm.masking.registry import join_spans, mask_spans
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import shape_spans
from helm_llm.masking.tree import secrets_of_text, secrets_of_tree
from helm_llm.set_option import SetOption

Span = tuple[int, int]

_LARGEST_FILE = 1024 * 1024
_JSON_TOKEN = re.compile(
    r"(?P<open>[{\[])|(?P<close>[}\]])|\"(?P<key>(?:[^\"\\]|\\.)*)\"\s*:"
    r"|\"(?P<text>(?:[^\"\\]|\\.)*)\"?|(?P<number>[^\s\",:{}\[\]]+)"
)


def secrets_of_option(option: SetOption) -> Iterator[Secret]:
    """Every secret that the option sets, as it is written and as it is read."""
    text = option.text
    for start, end in secret_spans(option):
        yield Secret(text[start:end])
        yield Secret(_unescaped(text[start:end]))
        if option.flag == "--set-file":
            yield from _content(text[start:end])
    yield from secrets_of_text(text)
    if option.flag == "--set-json":
        yield from _of_json(text)


@lru_cache(maxsize=1024)
def mask_option(option: SetOption) -> str:
    """The option as a report names it, without its secrets: looked through once, however many findings name it."""
    if option.flag == "--set-file":
        return str(option)
    spans = join_spans(
        [*secret_spans(option), *shape_spans(option.text), *assigned_spans(option.text)]
    )
    return f"{option.flag} {mask_spans(option.text, spans)}"


def secret_spans(option: SetOption) -> list[Span]:
    """From where to where the text of the option is the value of a key made for secrets."""
    if option.flag == "--set-json":
        return list(_spans_of_json(option.text))
    parts = (
        [(0, len(option.text))]
        if option.flag == "--set-literal"
        else list(_parts(option.text))
    )
    named = _named(option.text, parts)
    found: list[Span] = []
    after_secret = False
    for start, end in parts:
        path, sign, value = option.text[start:end].partition("=")
        if sign:
            keys = _keys(path)
            after_secret = is_secret_path(keys) or (
                keys[-1:] == ["value"] and keys[:-1] in named
            )
            if after_secret and value:
                found.append((end - len(value), end))
        elif after_secret:  # a comma in a secret that nobody escaped
            found.append((start, end))
    return found


def _keys(path: str) -> list[str]:
    return [key for key in re.split(r"[.\[\]]+", path) if key]


def _named(text: str, parts: list[Span]) -> list[list[str]]:
    """Entries of environments whose `name` is that of a secret: `env[0].name=HF_TOKEN`."""
    pairs = (text[start:end].partition("=") for start, end in parts)
    return [
        _keys(path)[:-1]
        for path, _, name in pairs
        if path.endswith(".name") and is_secret_name(name)
    ]


def _parts(text: str) -> Iterator[Span]:
    """What the commas part that are neither escaped nor inside of braces."""
    start, depth, escaped = 0, 0, False
    for at, char in enumerate(text):
        if escaped or char == "\\":
            escaped = not escaped
        elif char in "{}":
            depth += 1 if char == "{" else -1
        elif char == "," and depth <= 0:
            yield start, at
            start = at + 1
    yield start, len(text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _content(name: str) -> Iterator[Secret]:
    from pathlib import Path

    try:
        file = Path(name)
        if file.is_file() and file.stat().st_size <= _LARGEST_FILE:
            yield Secret(file.read_text("utf-8", "replace"))
    except (OSError, ValueError):  # it is said elsewhere why it cannot be read
        return


def _of_json(text: str) -> Iterator[Secret]:
    path, _, value = text.partition("=")
    try:
        tree = json.loads(text if text.lstrip().startswith("{") else value)
    except (ValueError, RecursionError):
        return
    yield from secrets_of_tree(
        tree, secret=not text.lstrip().startswith("{") and is_secret_path(_keys(path))
    )


def _spans_of_json(text: str) -> Iterator[Span]:
    """All scalars below a key made for secrets; the text may be no JSON."""
    start = 0 if text.lstrip().startswith("{") else text.find("=") + 1
    hidden = start > 0 and is_secret_path(_keys(text[: start - 1]))
    above = [hidden]
    for match in _JSON_TOKEN.finditer(text, start):
        if match["open"]:
            above.append(hidden)
        elif match["close"]:
            hidden = above.pop() if len(above) > 1 else above[0]
        elif match["key"] is not None:
            hidden = is_secret_name(match["key"]) or (
                above[-1] and not is_reference(match["key"], "")
            )
        elif hidden and match[0] not in ("true", "false", "null"):
            yield match.span("text" if match["text"] is not None else "number")
