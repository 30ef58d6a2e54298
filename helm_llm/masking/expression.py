"""Secrets of a `--set` option, even if its expression is one that Helm refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

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
    """Every secret that the option sets, as it is written and as Helm reads it."""
    for start, end in secret_spans(option):
        value = option.text[start:end]
        yield Secret(value)
        yield Secret(re.sub(r"\\(.)", r"\1", value))
        if option.flag == "--set-file":
            yield from _file_content(value)
    yield from secrets_of_text(option.text)
    if option.flag == "--set-json":
        yield from _json_secrets(option.text)


# Cached, because many findings may name the same option.
@lru_cache(maxsize=1024)
def mask_option(option: SetOption) -> str:
    """The option as reports show it, without its secrets."""
    if option.flag == "--set-file":
        return str(option)
    text = option.text
    spans = [*secret_spans(option), *shape_spans(text), *assigned_spans(text)]
    masked = mask_spans(text, join_spans(spans))
    return f"{option.flag} {masked}"


def secret_spans(option: SetOption) -> list[Span]:
    """Start and end of each value of a secret key in the text of the option."""
    if option.flag == "--set-json":
        return list(_json_spans(option.text))
    parts = [(0, len(option.text))]
    if option.flag != "--set-literal":
        parts = list(_assignments(option.text))
    secret_entries = _secret_env_entries(option.text, parts)
    spans: list[Span] = []
    is_secret = False
    for start, end in parts:
        path, sign, value = option.text[start:end].partition("=")
        if sign:
            keys = _split_keys(path)
            is_secret = is_secret_path(keys)
            # `env[0].value`, if another part of the option names a secret `env[0].name`.
            if keys[-1:] == ["value"] and keys[:-1] in secret_entries:
                is_secret = True
            if is_secret and value:
                spans.append((end - len(value), end))
        elif is_secret:
            # The rest of a secret with a comma that was not escaped.
            spans.append((start, end))
    return spans


def _split_keys(path: str) -> list[str]:
    return [key for key in re.split(r"[.\[\]]+", path) if key]


def _secret_env_entries(text: str, parts: list[Span]) -> list[list[str]]:
    """Paths of entries whose `name` is secret: `env[0]` of `env[0].name=HF_TOKEN`."""
    entries = []
    for start, end in parts:
        path, _, name = text[start:end].partition("=")
        if path.endswith(".name") and is_secret_name(name):
            entries.append(_split_keys(path)[:-1])
    return entries


def _assignments(text: str) -> Iterator[Span]:
    """Parts between commas that are neither escaped nor inside braces."""
    start, depth, escaped = 0, 0, False
    for at, char in enumerate(text):
        if escaped or char == "\\":
            escaped = not escaped
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == "," and depth <= 0:
            yield start, at
            start = at + 1
    yield start, len(text)


def _file_content(name: str) -> Iterator[Secret]:
    try:
        file = Path(name)
        if file.is_file() and file.stat().st_size <= _LARGEST_FILE:
            yield Secret(file.read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return  # reading the values reports this


def _is_json_object(text: str) -> bool:
    return text.lstrip().startswith("{")


def _json_secrets(text: str) -> Iterator[Secret]:
    path, _, value = text.partition("=")
    is_secret = is_secret_path(_split_keys(path))
    if _is_json_object(text):
        value, is_secret = text, False
    try:
        tree = json.loads(value)
    except (ValueError, RecursionError):
        return
    yield from secrets_of_tree(tree, secret=is_secret)


def _json_start(text: str) -> tuple[int, bool]:
    """The offset of the JSON in `key=JSON` or a JSON object, and whether the key is secret."""
    if _is_json_object(text):
        return 0, False
    path, sign, _ = text.partition("=")
    if not sign:
        return 0, False
    is_secret = is_secret_path(_split_keys(path))
    return len(path) + 1, is_secret


def _json_spans(text: str) -> Iterator[Span]:
    """All scalars below a secret key; the text need not be valid JSON."""
    start, is_secret = _json_start(text)
    above = [is_secret]
    for match in _JSON_TOKEN.finditer(text, start):
        key = match["key"]
        if match["open"]:
            above.append(is_secret)
        elif match["close"]:
            is_secret = above[-1]
            if len(above) > 1:
                above.pop()
        elif key is not None:
            is_secret = is_secret_name(key)
            if above[-1] and not is_reference(key, ""):
                is_secret = True
        elif not is_secret or match[0] in ("true", "false", "null"):
            continue
        elif match["text"] is None:
            yield match.span("number")
        else:
            yield match.span("text")
