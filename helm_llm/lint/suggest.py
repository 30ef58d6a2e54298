"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

LONGEST, MOST = 100, 1000
"""Of longer words, and among more candidates, only the letters are compared: typing errors cost their product."""


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate of the same letters (case, `_` and `-` aside), else the one at most two typing errors away.

    Else the only one that the word begins with, or that begins with it: `maxModelLength` for `maxModelLen`.
    """
    names = list(candidates)
    same = next((name for name in names if _letters(name) == _letters(word)), None)
    return same or _typed(word, names) or _begun(word, names)


def surely(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate of the same letters, else the only one within typing errors; None if there is any doubt."""
    names = list(candidates)
    same = [name for name in names if _letters(name) == _letters(word)]
    found = same or [name for _, name in _distances(word, names)]
    return found[0] if len(found) == 1 else None


def _typed(word: str, names: list[str]) -> str | None:
    return min(_distances(word, names), default=(0, None), key=lambda pair: pair[0])[1]


def _distances(word: str, names: Sequence[str]) -> list[tuple[int, str]]:
    # Words below five letters may have one error: with two, most of them could be any other.
    limit = 1 if len(word) < 5 else 2
    if len(word) > LONGEST or len(names) > MOST:
        return []
    alike = [name for name in names if abs(len(word) - len(name)) <= limit and _may_be(word, name, limit)]
    distances = [(distance(word, name), name) for name in alike]
    return [pair for pair in distances if pair[0] <= limit]


def _may_be(word: str, name: str, errors: int) -> bool:
    """Whether so few errors can make one of the other: each changes whether two letters occur, at most."""
    return (_occurring(word) ^ _occurring(name)).bit_count() <= 2 * errors


@lru_cache(maxsize=4096)
def _occurring(word: str) -> int:
    """A bit for each letter of a word; letters may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


def _begun(word: str, names: list[str]) -> str | None:
    long = [name for name in names if min(len(name), len(word)) >= 5]
    found = [name for name in long if name.startswith(word) or word.startswith(name)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
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
