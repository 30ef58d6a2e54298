"""Secrets that the words before them name.

HF_TOKEN=...    --api-key ...    "password": "..."    Bearer ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.masking.names import is_secret_name, is_secret_path
from helm_llm.masking.shapes import is_placeholder

Span = tuple[int, int]

_VALUE = (
    r"\"(?P<double>(?:[^\"\\\n]|\\.)*)\"?|'(?P<single>[^'\n]*)'?"
    r"|(?P<bare>[^\s\"'`,;&|<>(){}\[\]]+)"
)
_LONGEST_NAME = 120
_ASSIGNED = re.compile(rf"=(?:{_VALUE})")
_PAIRED = re.compile(rf":[ \t]{{0,9}}\\?(?:{_VALUE})")
# Names are matched in the text read backwards from the `=` or `:`. A search forwards
# would try every beginning.
_NAME_BACKWARDS = re.compile(rf"[\w.\-\[\]]{{1,{_LONGEST_NAME}}}")
_QUOTED_NAME_BACKWARDS = re.compile(
    rf"[ \t]{{0,3}}[\"']?\\?(?P<name>[\w.\-]{{1,{_LONGEST_NAME}}})"
)
_FLAG = re.compile(rf"(?<![\w-])(?P<flag>--?[A-Za-z][\w-]{{1,60}})[ \t]+(?:{_VALUE})")
_HEADER = re.compile(r"\b(?:bearer|basic)[ \t]+(?P<bare>[\w.~+/=-]{8,})", re.IGNORECASE)
_NEXT_VALUE = re.compile(
    r"[ \t]+(?P<bare>[^\s\"'`,;&|<>(){}\[\]/-][^\s\"'`,;&|<>(){}\[\]/]{7,})"
)
_KEY_SEPARATORS = re.compile(r"[.\[\]]+")
_SEVERAL_WORDS = re.compile(r"[\s=:]")

_SHORTEST = 4


def phrase_spans(text: str) -> Iterator[Span]:
    """Start and end of each secret that the words before it name, in any text."""
    spans = [*assigned_spans(text), *_flag_spans(text), *_quoted_pair_spans(text)]
    for start, end in spans:
        if end - start < _SHORTEST:
            continue
        if is_placeholder(text[start:end]):
            continue
        yield start, end
    for match in _HEADER.finditer(text):
        if _looks_random(match["bare"]):
            yield match.span("bare")


def assigned_spans(text: str) -> Iterator[Span]:
    """Values of `NAME=value`, `--flag=value` and `path.of.key=value` with a secret name."""
    if "=" not in text:
        return
    for match in _ASSIGNED.finditer(text):
        before = _backwards(text, match.start())
        name = _NAME_BACKWARDS.match(before)
        if name is None:
            continue
        path = name[0][::-1].lstrip("-")
        keys = _KEY_SEPARATORS.split(path)
        if is_secret_path(keys):
            yield _value_span(match)


def pair_spans(text: str) -> Iterator[Span]:
    """Values of `name: value` with a secret name, as in YAML and headers."""
    if ":" not in text:
        return
    for match in _PAIRED.finditer(text):
        before = _backwards(text, match.start())
        name = _QUOTED_NAME_BACKWARDS.match(before)
        if name is None:
            continue
        if is_secret_name(name["name"][::-1]):
            yield _value_span(match)


def _backwards(text: str, end: int) -> str:
    # Ten more characters for the quotes and blanks between a name and its `:`.
    start = max(0, end - _LONGEST_NAME - 10)
    return text[start:end][::-1]


def secret_texts(text: str) -> Iterator[str]:
    """Secrets in a value that is a script, a command line, headers or a whole file."""
    if not _SEVERAL_WORDS.search(text):
        return
    for start, end in phrase_spans(text):
        yield text[start:end]
    for start, end in pair_spans(text):
        if _looks_random(text[start:end]):
            yield text[start:end]


def _quoted_pair_spans(text: str) -> Iterator[Span]:
    # In prose, `token: expired` is not a secret, but `token: "..."` is.
    for start, end in pair_spans(text):
        if text[start - 1] in "\"'":
            yield start, end


def _flag_spans(text: str) -> Iterator[Span]:
    if "-" not in text:
        return
    for match in _FLAG.finditer(text):
        bare = match["bare"]
        if not is_secret_name(match["flag"]):
            continue
        # The next flag, after a flag whose value is missing.
        if bare and bare.startswith("-"):
            continue
        start, end = _value_span(match)
        if bare is None or _looks_random(text[start:end]):
            yield start, end
        yield from _next_values(text, match.end())


def _next_values(text: str, at: int) -> Iterator[Span]:
    """Further values of a flag: `--api-key` takes several keys."""
    while match := _NEXT_VALUE.match(text, at):
        value = match["bare"]
        if "=" in value or not _looks_random(value):
            return
        yield match.span("bare")
        at = match.end()


def _looks_random(text: str) -> bool:
    """Whether this is unlikely to be a word of a sentence."""
    if len(text) < 8:
        return False
    return any(char.isdigit() or char.isupper() or char in "-_" for char in text)


def _value_span(match: re.Match[str]) -> Span:
    for group in ("double", "single"):
        if match[group] is not None:
            return match.span(group)
    # A dot or colon at the end belongs to the sentence.
    start = match.start("bare")
    value = match["bare"].rstrip(".:")
    return start, start + len(value)
