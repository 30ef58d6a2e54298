"""A diff made of known edits is the one that a comparison of the two texts gives."""

from __future__ import annotations

import difflib
import random

import pytest

from helm_llm.lint.fixes.diff import unified
from helm_llm.lint.fixes.edit import Edit, apply_edits
from helm_llm.lint.fixes.history import History


def compared(before: str, after: str) -> str:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, "v.yaml", "v.yaml")
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in lines
    )


def some_edits(text: str, choose: random.Random) -> list[Edit]:
    """Lines that go, and words that are put in, apart from each other."""
    edits, at = [], 0
    while at < len(text):
        start = min(at + choose.randrange(60), len(text) - 1)
        line = text.rfind("\n", 0, start) + 1
        end = text.find("\n", start) + 1 or len(text)
        if choose.random() < 0.5 and line >= at:
            edits.append(Edit(line, end))
        elif start < end - 1:
            edits.append(Edit(start, start + 1, '"new"'))
        at = end if edits and edits[-1].end == end else start + 1
    return edits


@pytest.mark.parametrize("seed", range(200))
def test_it_is_what_a_comparison_gives(seed: int) -> None:
    choose = random.Random(seed)
    before = "\n".join(
        f"key{number}: {choose.random()}" for number in range(choose.randrange(1, 40))
    )
    before += choose.choice(("\n", ""))
    edits = some_edits(before, choose)
    after = apply_edits(before, edits)
    old, new = (lambda _shown, text=text: text.split("\n") for text in (before, after))
    assert unified("v.yaml", before, edits, old, new) == compared(before, after)


@pytest.mark.parametrize("seed", range(100))
def test_edits_of_an_edited_text_are_edits_of_the_first(seed: int) -> None:
    choose = random.Random(seed)
    before = "".join(f"key{number}: {choose.random()}\n" for number in range(20))
    history, text = History(before), before
    for _ in range(3):
        edits = some_edits(text, choose)[::2]
        text = apply_edits(text, edits)
        history.edit(edits)
    assert apply_edits(before, list(history.edits())) == text


def test_no_edit_is_no_diff() -> None:
    assert unified("v.yaml", "a: 1\n", [], lambda _: [], lambda _: []) == ""
