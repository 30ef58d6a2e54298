"""The word that was probably meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

MAX_LENGTH, MAX_CANDIDATES = 100, 1000
"""Beyond these, only equal letters match: typing errors cost the product of both."""

_MOST_ERRORS = 2

_SHORT = 5
"""In shorter words, two typing errors could turn most words into any other."""


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant.

    That is the one with the same letters (case, `_` and `-` aside), else the one with at
    most two typing errors, else the only one that begins with the word or that the word
    begins with: `maxModelLength` for `maxModelLen`.
    """
    names = _names(tuple(candidates))
    same = names.with_letters_of(word)
    if same:
        return same[0]
    best = None
    limit = _MOST_ERRORS + 1
    for errors, name in _distances(word, names):
        # The first of several equally close names counts.
        if errors < limit:
            best = name
            limit = errors
    if best is not None:
        return best
    return _with_common_start(word, names)


def certain_match(word: str, candidates: Iterable[str]) -> str | None:
    """The only candidate with the same letters, else the only one within typing errors."""
    names = _names(tuple(candidates))
    matches = names.with_letters_of(word)
    if not matches:
        matches = [name for _, name in _distances(word, names)]
    if len(matches) != 1:
        return None
    return matches[0]


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
            length = len(name)
            same_letters = self.by_letters.setdefault(_letters(name), [])
            same_letters.append(name)
            same_length = self.by_length.setdefault(length, [])
            same_length.append((position, _occurring(name), name))
            if length >= _SHORT:
                self.long.append(name)
        self.unique = frozenset(self.all)
        self.long.sort()

    def with_letters_of(self, word: str) -> list[str]:
        letters = _letters(word)
        return self.by_letters.get(letters, [])

    def within(self, word: str, errors: int) -> list[str]:
        """The names that may be so many typing errors away, in their order.

        An error adds or removes at most two letters from the set that occurs in a word.
        """
        letters = _occurring(word)
        shortest = len(word) - errors
        longest = len(word) + errors
        similar: list[tuple[int, int, str]] = []
        for length in range(shortest, longest + 1):
            similar += self.by_length.get(length, ())
        # The names of each length are in order, but not those of all lengths together.
        similar.sort()
        found = []
        for _, others, name in similar:
            different = others ^ letters
            if different.bit_count() <= 2 * errors:
                found.append(name)
        return found


@lru_cache(maxsize=64)
def _names(candidates: tuple[str, ...]) -> _Names:
    return _Names(candidates)


def _distances(word: str, names: _Names) -> list[tuple[int, str]]:
    length = len(word)
    if length > MAX_LENGTH or len(names.all) > MAX_CANDIDATES:
        return []
    limit = _MOST_ERRORS
    if length < _SHORT:
        limit = 1
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
    # Names that begin with the word follow it in order; a second one is already doubt.
    at = bisect_left(names.long, word)
    following = names.long[at : at + 2]
    found = [name for name in following if name.startswith(word)]
    for length in names.by_length:
        if not _SHORT <= length < len(word):
            continue
        start = word[:length]
        if start in names.unique:
            found.append(start)
    if len(found) != 1:
        return None
    return found[0]


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
    width = len(b) + 1
    # Rows of the table of distances between the beginnings of both words: the one above
    # the last, and the last. Index 0 is the empty beginning of `b`.
    before = [0] * width
    last = list(range(width))
    previous_x = ""
    for i, x in enumerate(a, 1):
        row = [i]
        cost = i
        previous_y = ""
        for j, y in enumerate(b, 1):
            deletion = last[j] + 1
            insertion = cost + 1
            substitution = last[j - 1] + (x != y)
            cost = min(deletion, insertion, substitution)
            # No letter equals the empty one before a word.
            if x == previous_y and y == previous_x:
                swap = before[j - 2] + 1
                cost = min(cost, swap)
            row.append(cost)
            previous_y = y
        before = last
        last = row
        previous_x = x
    return last[-1]
