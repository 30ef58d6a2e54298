"""The known secrets of a run, and where a text contains them.

The value of a secret key is masked everywhere if it has 4 characters, any other secret
if it has 8. Numbers, words and references that are ordinary are never masked: `true`, a
key or default of a chart, `$(NAME)`, `<your-key>`. A secret of fewer than 12 characters
is masked only where it is not part of a longer word.
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
_SHORTEST_IN_WORD = 12
"""Characters from which on a secret is masked inside a longer word too."""
_LONGEST_ORDINARY = 20
_HEAD = 32
"""Longer secrets are found by their first characters, even if a tool cut them short."""
_MAX_TAILS = 64
"""Secrets with the same head that are distinguished by the rest."""
_MAX_ENCODED = 1000
"""Secrets for which all encodings are known. No release has as many; the others are
masked only as they are written."""

_ORDINARY = word_set(
    "true false null none auto default empty string number integer boolean list value values error warning info help "
    "chart model image helm vllm token secret password admin root user test main name file line http https nvidia "
    "latest release-name replace there place this that with from have your key-name changeme"
)


_ESCAPE = re.compile(
    r"(?:\\[nrtbfva]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|%[0-9a-f]{2})\Z", re.IGNORECASE
)
"""Escapes that end in a letter or digit, which is not part of the word after them."""


class Registry:
    """Secret texts in every encoding. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ordinary: set[str] = set(_ORDINARY)
        self._known: set[str] = set()
        self._heads: set[str] = set()
        self._lengths: dict[str, list[int]] = {}
        """First four characters -> lengths of the heads that start with them, longest first."""
        self._tails: dict[str, list[str]] = {}
        """Head -> what follows it in longer secrets."""

    def add_ordinary(self, words: Iterable[str]) -> None:
        """Never mask these words. Texts that are longer than a word are not ordinary."""
        with self._lock:
            for word in words:
                if len(word) <= _LONGEST_ORDINARY:
                    self._ordinary.add(word.lower())

    def add(self, secrets: Iterable[Secret]) -> None:
        """Mask these from now on, except ordinary words."""
        with self._lock:
            known = self._known
            for secret in secrets:
                shortest = _SHORTEST_GUESSED
                if secret.certain:
                    shortest = _SHORTEST
                # A Secret often ends in a newline that what uses it strips.
                texts = {secret.text, secret.text.strip(), *_lines(secret.text)}
                for text in texts:
                    if len(text) < shortest or text in known:
                        continue
                    if self._is_secret(text):
                        known.add(text)
                        self._add_encodings(text)

    def mask(self, text: str) -> str:
        """The text with `***` in place of every secret."""
        spans = self.spans(text)
        if not spans:
            return text
        return mask_spans(text, spans)

    def spans(self, text: str) -> list[Span]:
        """Start and end of each secret in the text, in order and without overlaps."""
        found = [*shape_spans(text), *phrase_spans(text), *self._known_spans(text)]
        return join_spans(found)

    def _is_secret(self, text: str) -> bool:
        if text.lower() in self._ordinary or is_placeholder(text):
            return False
        return any(map(str.isalnum, text))

    def _add_encodings(self, secret: str) -> None:
        texts = {secret}
        if len(self._known) <= _MAX_ENCODED:
            texts.update(encodings(secret))
        for text in texts:
            if len(text) >= _SHORTEST:
                self._add_text(text)

    def _add_text(self, text: str) -> None:
        head = text[:_HEAD]
        tail = text[_HEAD:]
        if head not in self._heads:
            self._heads.add(head)
            length = len(head)
            start = head[:_SHORTEST]
            lengths = self._lengths.setdefault(start, [])
            if length not in lengths:
                lengths.append(length)
                lengths.sort(reverse=True)
        if not tail:
            return
        tails = self._tails.setdefault(head, [])
        if len(tails) < _MAX_TAILS:
            tails.append(tail)

    def _known_spans(self, text: str) -> Iterator[Span]:
        if not self._lengths:
            return
        with self._lock:
            start = 0
            last = len(text) - _SHORTEST
            lengths = self._lengths
            while start <= last:
                end = 0
                if text[start : start + _SHORTEST] in lengths:
                    end = self._match_end(text, start)
                if end:
                    yield start, end
                # Another secret may start before the end of this one.
                start = max(start + 1, end - _HEAD)

    def _match_end(self, text: str, start: int) -> int:
        """End of the longest secret that starts at an offset, 0 without one."""
        for length in self._lengths[text[start : start + _SHORTEST]]:
            head = text[start : start + length]
            # At the end of the text, the slice is shorter.
            if len(head) < length:
                continue
            if head not in self._heads:
                continue
            end = self._tail_end(text, start, length)
            if end - start >= _SHORTEST_IN_WORD:
                return end
            if _is_whole_word(text, start, end):
                return end
        return 0

    def _tail_end(self, text: str, start: int, length: int) -> int:
        end = start + length
        if length < _HEAD:
            return end
        whole = cut = 0
        for tail in self._tails.get(text[start:end], ()):
            if text.startswith(tail, end):
                whole = max(whole, len(tail))
            elif not whole:
                cut = max(cut, _common_length(tail, text, end))
        return end + (whole or cut)


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that touch or overlap become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            first, last = joined.pop()
            start, end = first, max(end, last)
        joined.append((start, end))
    return joined


def mask_spans(text: str, spans: Iterable[Span]) -> str:
    """The text with `***` in place of each span."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += [text[at:start], MASK]
        at = end
    return "".join([*parts, text[at:]])


def _lines(text: str) -> Iterator[str]:
    """Lines of a longer secret, which logs and excerpts show one by one."""
    if "\n" not in text:
        return
    for line in text.splitlines():
        stripped = line.strip()
        if len(stripped) >= _SHORTEST_GUESSED:
            yield stripped


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit next to the span belongs to the same word."""
    after = text[end : end + 1]
    if after.isalnum() and text[end - 1].isalnum():
        return False
    before = text[max(0, start - 6) : start]
    if before[-1:].isalnum() and text[start].isalnum():
        # `\\nhunter2` in an escaped text: the `n` is not part of the word.
        return bool(_ESCAPE.search(before))
    return True


def _common_length(tail: str, text: str, start: int) -> int:
    """Number of characters of a tail that follow at an offset."""
    length = 0
    following = text[start : start + len(tail)]
    for ours, theirs in zip(tail, following, strict=False):
        if ours != theirs:
            break
        length += 1
    return length
