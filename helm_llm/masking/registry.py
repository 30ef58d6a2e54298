"""The secrets that are known, and where a text holds them.

Which are masked wherever they come up: a value of a key made for secrets from 4 characters on, another secret from 8
on. Never a number, word or reference that is ordinary: `true`, a key or default of a chart, `$(NAME)`, `<your-key>`.
One of fewer than 12 characters counts only where no letter or digit adjoins it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator

from helm_llm.masking.encodings import encodings
from helm_llm.masking.names import word_set
from helm_llm.masking.phrases import phrase_spans
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import is_placeholder, shape_spans

MASK = "***"

Span = tuple[int, int]

_SHORTEST, _SHORTEST_GUESSED = 4, 8
_ALONE = 12
"""Characters from which on a secret is one inside a longer word too."""
_LONGEST_ORDINARY = 20
_HEAD = 32
"""Longer ones are looked up by their first characters, so that those cut short are found as well."""
_SAME_HEAD = 64
_MOST_ENCODED = 1000
"""With more secrets than these, which no release has, the further ones are known as they are written alone."""

_ORDINARY = word_set(
    "true false null none auto default empty string number integer boolean list value values error warning info help "
    "chart model image helm vllm token secret password admin root user test main name file line http https nvidia "
    "latest release-name replace there place this that with from have your key-name changeme"
)


class Registry:
    """Texts that are secret, in every encoding."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ordinary: set[str] = set(_ORDINARY)
        self._known: set[str] = set()
        self._lengths: dict[str, list[int]] = {}
        """By the first four characters: the lengths of the texts that begin so, longest first."""
        self._texts: set[str] = set()
        self._tails: dict[str, list[str]] = {}

    def add_ordinary(self, words: Iterable[str]) -> None:
        """These are never masked; longer ones than a word count as secrets all the same."""
        with self._lock:
            self._ordinary.update(
                word.lower() for word in words if len(word) <= _LONGEST_ORDINARY
            )

    def add(self, secrets: Iterable[Secret]) -> None:
        """From now on these are masked, those that are no ordinary words."""
        with self._lock:
            for secret in secrets:
                for text in {secret.text, secret.text.strip(), *_lines(secret.text)}:
                    shortest = _SHORTEST if secret.certain else _SHORTEST_GUESSED
                    if (
                        len(text) >= shortest
                        and text not in self._known
                        and self._is_secret(text)
                    ):
                        self._known.add(text)
                        self._remember(text)

    def masked(self, text: str) -> str:
        """The text with `***` for every secret."""
        spans = self.spans(text)
        return mask_spans(text, spans) if spans else text

    def spans(self, text: str) -> list[Span]:
        """From where to where the text holds secrets: in order, apart from each other."""
        return join_spans([*shape_spans(text), *phrase_spans(text), *self._found(text)])

    def _is_secret(self, text: str) -> bool:
        return (
            text.lower() not in self._ordinary
            and not is_placeholder(text)
            and any(map(str.isalnum, text))
        )

    def _remember(self, secret: str) -> None:
        for text in (
            set(encodings(secret)) if len(self._known) <= _MOST_ENCODED else (secret,)
        ):
            if len(text) < _SHORTEST:
                continue
            head = text[:_HEAD]
            if head not in self._texts:
                self._texts.add(head)
                lengths = self._lengths.setdefault(head[:_SHORTEST], [])
                if len(head) not in lengths:
                    lengths.append(len(head))
                    lengths.sort(reverse=True)
            tails = self._tails.setdefault(head, []) if len(text) > _HEAD else []
            if len(tails) < _SAME_HEAD:
                tails.append(text[_HEAD:])

    def _found(self, text: str) -> Iterator[Span]:
        if not self._lengths:
            return
        with self._lock:
            start = 0
            while start <= len(text) - _SHORTEST:
                end = (
                    self._match(text, start)
                    if text[start : start + _SHORTEST] in self._lengths
                    else 0
                )
                if end:
                    yield start, end
                start = max(
                    start + 1, end - _HEAD
                )  # another one may begin before this one ends

    def _match(self, text: str, start: int) -> int:
        """Where the longest secret ends that begins there; 0 if none does."""
        for length in self._lengths[text[start : start + _SHORTEST]]:
            if (
                start + length <= len(text)
                and text[start : start + length] in self._texts
            ):
                end = self._end(text, start, length)
                if end - start >= _ALONE or _is_alone(text, start, end):
                    return end
        return 0

    def _end(self, text: str, start: int, length: int) -> int:
        tails = (
            self._tails.get(text[start : start + length], ()) if length == _HEAD else ()
        )
        end = start + length
        whole = max(
            (len(tail) for tail in tails if text.startswith(tail, end)), default=0
        )
        return end + (
            whole or max((_common(tail, text, end) for tail in tails), default=0)
        )


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def mask_spans(text: str, spans: Iterable[Span]) -> str:
    """The text with `***` for each span."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MASK]
        at = end
    return "".join([*parts, text[at:]])


def _lines(text: str) -> Iterator[str]:
    """The lines of a longer secret, which logs and excerpts show one by one."""
    if "\n" in text:
        yield from (
            line.strip()
            for line in text.splitlines()
            if len(line.strip()) >= _SHORTEST_GUESSED
        )


_ESCAPE = re.compile(
    r"(?:\\[nrtbfva]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|%[0-9a-f]{2})\Z", re.IGNORECASE
)
"""What ends in a letter or digit and is none."""


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether the characters around are no part of the same word."""
    before, after = text[max(0, start - 6) : start], text[end : end + 1]
    begins = not (text[start].isalnum() and before[-1:].isalnum()) or bool(
        _ESCAPE.search(before)
    )
    return begins and not (text[end - 1].isalnum() and after.isalnum())


def _common(tail: str, text: str, start: int) -> int:
    """How many characters of a secret follow where it is cut short."""
    length = 0
    for ours, theirs in zip(tail, text[start : start + len(tail)], strict=False):
        if ours != theirs:
            break
        length += 1
    return length
