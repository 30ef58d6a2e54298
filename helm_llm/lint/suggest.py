"""The word that was probably meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

MAX_LENGTH, MAX_CANDIDATES = 100, 1000
"""Of longer words, and among more candidates, only the letters are compared: typing errors cost their product."""


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate of the same letters (case, `_` and `-` aside), else the one at most two typing errors away.

    Else the only one that the word begins with, or that begins with it: `maxModelLength` for `maxModelLen`.
    """
    names = _names(tuple(candidates))
    same = names.same(word)
    return (same[0] if same else None) or _typed(word, names) or _begun(word, names)


def certain_match(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate of the same letters, else the only one within typing errors; None if there is any doubt."""
    names = _names(tuple(candidates))
    found = names.same(word) or [name for _, name in _distances(word, names)]
    return found[0] if len(found) == 1 else None


@dataclass(slots=True, eq=False)
class _Names:
    """Candidates, sorted into what a word is compared with: many words have the same candidates."""

    all: tuple[str, ...]
    by_letters: dict[str, list[str]] = field(default_factory=dict)
    by_length: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """Each with its place and the letters that occur in it."""
    texts: frozenset[str] = frozenset()
    in_order: list[str] = field(default_factory=list)
    """Those of five letters or more."""

    def __post_init__(self) -> None:
        for place, name in enumerate(self.all):
            self.by_letters.setdefault(_letters(name), []).append(name)
            self.by_length.setdefault(len(name), []).append(
                (place, _occurring(name), name)
            )
        self.texts = frozenset(self.all)
        self.in_order = sorted(name for name in self.all if len(name) >= 5)

    def same(self, word: str) -> list[str]:
        return self.by_letters.get(_letters(word), [])

    def within(self, word: str, errors: int) -> list[str]:
        """Those that so few errors may make of the word: each changes whether two letters occur, at most."""
        letters = _occurring(word)
        lengths = range(len(word) - errors, len(word) + errors + 1)
        alike = [one for length in lengths for one in self.by_length.get(length, ())]
        return [
            name
            for _, own, name in sorted(alike)
            if (own ^ letters).bit_count() <= 2 * errors
        ]


@lru_cache(maxsize=64)
def _names(candidates: tuple[str, ...]) -> _Names:
    return _Names(candidates)


def _typed(word: str, names: _Names) -> str | None:
    return min(_distances(word, names), default=(0, None), key=lambda pair: pair[0])[1]


def _distances(word: str, names: _Names) -> list[tuple[int, str]]:
    # Words below five letters may have one error: with two, most of them could be any other.
    limit = 1 if len(word) < 5 else 2
    if len(word) > MAX_LENGTH or len(names.all) > MAX_CANDIDATES:
        return []
    distances = [(distance(word, name), name) for name in names.within(word, limit)]
    return [pair for pair in distances if pair[0] <= limit]


def _begun(word: str, names: _Names) -> str | None:
    """The only one that begins with the word or that the word begins with, of those with five letters or more."""
    if len(word) < 5:
        return None
    at = bisect_left(names.in_order, word)
    longer = names.in_order[at : at + 2]
    found = [name for name in longer if name.startswith(word)]
    lengths = [length for length in names.by_length if 5 <= length < len(word)]
    found += [word[:length] for length in lengths if word[:length] in names.texts]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _occurring(word: str) -> int:
    """A bit for each letter of a word; letters may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein: insertions, deletions, substitutions and swaps of neighbours."""
    before, last = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
