"""Secrets that the text around them names: `HF_TOKEN=...`, `--api-key ...`, `"password": "..."`, `Bearer ...`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.masking.names import is_secret_name, is_secret_path
from helm_llm.masking.shapes import is_placeholder

Span = tuple[int, int]

_VALUE = r"\"(?P<double>(?:[^\"\\\n]|\\.)*)\"?|'(?P<single>[^'\n]*)'?|(?P<bare>[^\s\"'`,;&|<>(){}\[\]]+)"
_LONGEST_NAME = 120
_NAME_BACKWARDS = re.compile(rf"[\w.\-\[\]]{{1,{_LONGEST_NAME}}}")
_QUOTED_NAME_BACKWARDS = re.compile(
    rf"[ \t]{{0,3}}[\"']?\\?(?P<name>[\w.\-]{{1,{_LONGEST_NAME}}})"
)
"""What ends at a place is matched from there on, in the text read backwards: a search would try every beginning."""
_ASSIGNED, _PAIRED = (
    re.compile("=" + rf"(?:{_VALUE})"),
    re.compile(rf":[ \t]{{0,9}}\\?(?:{_VALUE})"),
)
_FLAG = re.compile(rf"(?<![\w-])(?P<flag>--?[A-Za-z][\w-]{{1,60}})[ \t]+(?:{_VALUE})")
_HEADER = re.compile(r"\b(?:bearer|basic)[ \t]+(?P<bare>[\w.~+/=-]{8,})", re.IGNORECASE)
_FOLLOWING = re.compile(
    r"[ \t]+(?P<bare>[^\s\"'`,;&|<>(){}\[\]/-][^\s\"'`,;&|<>(){}\[\]/]{7,})"
)

_MORE_THAN_A_WORD = re.compile(r"[\s=:]")

_SHORTEST = 4


def phrase_spans(text: str) -> Iterator[Span]:
    """From where to where any text, also a message of a program, holds a secret that the words before it name."""
    for start, end in (*assigned_spans(text), *_flagged(text), *_quoted_pairs(text)):
        if end - start >= _SHORTEST and not is_placeholder(text[start:end]):
            yield start, end
    for match in _HEADER.finditer(text):
        if _is_random(match["bare"]):
            yield match.span("bare")


def assigned_spans(text: str) -> Iterator[Span]:
    """The values of `NAME=value` and `--flag=value` with the name of a secret, and of paths that `--set` takes."""
    if "=" not in text:
        return
    for match in _ASSIGNED.finditer(text):
        name = _NAME_BACKWARDS.match(_backwards(text, match.start()))
        if name and is_secret_path(re.split(r"[.\[\]]+", name[0][::-1].lstrip("-"))):
            yield _span(match)


def pair_spans(text: str) -> Iterator[Span]:
    """The values of `name: value` with the name of a secret, as YAML and headers write it."""
    if ":" not in text:
        return
    for match in _PAIRED.finditer(text):
        name = _QUOTED_NAME_BACKWARDS.match(_backwards(text, match.start()))
        if name and is_secret_name(name["name"][::-1]):
            yield _span(match)


def _backwards(text: str, end: int) -> str:
    return text[max(0, end - _LONGEST_NAME - 10) : end][::-1]


def secret_texts(text: str) -> Iterator[str]:
    """The secrets a value holds that is a script, a command line, a list of headers or another file's text."""
    if not _MORE_THAN_A_WORD.search(text):
        return
    for start, end in (
        *phrase_spans(text),
        *(span for span in pair_spans(text) if _is_random(text[slice(*span)])),
    ):
        yield text[start:end]


def _quoted_pairs(text: str) -> Iterator[Span]:
    """In prose only a quoted value is one."""
    return ((start, end) for start, end in pair_spans(text) if text[start - 1] in "\"'")


def _flagged(text: str) -> Iterator[Span]:
    if "-" not in text:
        return
    for match in _FLAG.finditer(text):
        if not is_secret_name(match["flag"]) or (match["bare"] or "").startswith("-"):
            continue
        start, end = _span(match)
        if match["bare"] is None or _is_random(text[start:end]):
            yield start, end
        yield from _following(text, match.end())


def _following(text: str, at: int) -> Iterator[Span]:
    """`--api-key` takes several keys."""
    while (
        (match := _FOLLOWING.match(text, at))
        and _is_random(match["bare"])
        and "=" not in match["bare"]
    ):
        yield match.span("bare")
        at = match.end()


def _is_random(text: str) -> bool:
    """Whether it is hardly a word of a sentence."""
    return len(text) >= 8 and any(
        char.isdigit() or char.isupper() or char in "-_" for char in text
    )


def _span(match: re.Match[str]) -> Span:
    start, end = match.span(
        next(name for name in ("double", "single", "bare") if match[name] is not None)
    )
    bare = match["bare"]
    return start, end - (
        len(bare) - len(bare.rstrip(".:")) if bare else 0
    )  # the end of a sentence
