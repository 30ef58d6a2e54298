"""The word that was probably meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

MAX_LENGTH, MAX_CANDIDATES = 100, 1000
"""Beyond these, only equal letters match: typing errors cost the product of both."""

_SHORT = 5
"""In shorter words, two typing errors could turn most words into any other."""


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant.

    That is the one with the same letters (case, `_` and `-` aside), else the one with at
    most two typing errors, else the only one that begins with the word or that the word
    begins with: `maxModelLength` for `maxModelLen`.
    """
    names = _names(tuple(candidates))
    for name in names.with_letters_of(word):
        return name
    distances = _distances(word, names)
    if distances:
        return min(distances, key=lambda pair: pair[0])[1]
    return _with_common_start(word, names)


def certain_match(word: str, candidates: Iterable[str]) -> str | None:
    """The only candidate with the same letters, else the only one within typing errors."""
    names = _names(tuple(candidates))
    matches = names.with_letters_of(word)
    if not matches:
        matches = [name for _, name in _distances(word, names)]
    return matches[0] if len(matches) == 1 else None


@dataclass(slots=True, eq=False)
class _Names:
    """Candidates, indexed once, since many words have the same candidates."""

    all: tuple[str, ...]
    by_letters: dict[str, list[str]] = field(default_factory=dict)
    by_length: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """Each with its position and the letters that occur in it."""
    unique: frozenset[str] = frozenset()
    long: list[str] = field(default_factory=list)
    """Names that are not short, sorted."""

    def __post_init__(self) -> None:
        for position, name in enumerate(self.all):
            self.by_letters.setdefault(_letters(name), []).append(name)
            indexed = (position, _occurring(name), name)
            self.by_length.setdefault(len(name), []).append(indexed)
        self.unique = frozenset(self.all)
        self.long = sorted(name for name in self.all if len(name) >= _SHORT)

    def with_letters_of(self, word: str) -> list[str]:
        return self.by_letters.get(_letters(word), [])

    def within(self, word: str, errors: int) -> list[str]:
        """The names that may be so many typing errors away, in their order.

        An error adds or removes at most two letters from the set that occurs in a word.
        """
        letters = _occurring(word)
        similar: list[tuple[int, int, str]] = []
        for length in range(len(word) - errors, len(word) + errors + 1):
            similar += self.by_length.get(length, ())
        return [
            name
            for _, others, name in sorted(similar)
            if (others ^ letters).bit_count() <= 2 * errors
        ]


@lru_cache(maxsize=64)
def _names(candidates: tuple[str, ...]) -> _Names:
    return _Names(candidates)


def _distances(word: str, names: _Names) -> list[tuple[int, str]]:
    if len(word) > MAX_LENGTH or len(names.all) > MAX_CANDIDATES:
        return []
    limit = 1 if len(word) < _SHORT else 2
    close = []
    for name in names.within(word, limit):
        errors = distance(word, name)
        if errors <= limit:
            close.append((errors, name))
    return close


def _with_common_start(word: str, names: _Names) -> str | None:
    """The only long name that begins with the word, or that the word begins with."""
    if len(word) < _SHORT:
        return None
    at = bisect_left(names.long, word)
    found = [name for name in names.long[at : at + 2] if name.startswith(word)]
    lengths = [length for length in names.by_length if _SHORT <= length < len(word)]
    found += [word[:length] for length in lengths if word[:length] in names.unique]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _occurring(word: str) -> int:
    """The set of the letters in a word, as bits; rare letters share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein: insertions, deletions, substitutions and swaps of neighbours."""
    before = [0] * (len(b) + 1)
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
