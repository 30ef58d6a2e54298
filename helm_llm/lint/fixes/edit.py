"""Fix -> the edit of the text that carries it out.

Comments and formatting of everything else stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.document.document import Document
from helm_llm.document.nodes import Node, ScalarNode
from helm_llm.document.reader import parse_document
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.fix import Fix, Quote, Remove, Rename


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the text from one offset to another."""

    start: int
    end: int
    text: str = ""


def apply_fix(
    document: Document, fix: Fix, *, helm_major: int
) -> tuple[Document, list[Edit]] | None:
    """The document with the fix, and the edit; None if no edit does this and nothing else."""
    goal = _Goal(document)
    if document.error or not goal.add(fix):
        return None
    path = goal.paths[0]
    for edit in _possible_edits(document, fix, path):
        edits = [edit]
        after = _verified(document, edits, goal, helm_major)
        if after is not None:
            return after, edits
    return None


def apply_fixes(
    document: Document, fixes: Sequence[Fix], *, helm_major: int
) -> tuple[Document, list[Edit], list[Fix]] | None:
    """The document with many fixes at once, the edits, and the fixes that were made.

    Leaves out fixes whose edits overlap. None if the edits would change anything else.
    """
    goal = _Goal(document)
    possible = [fix for fix in fixes if goal.add(fix)]
    found: list[tuple[Edit, Fix]] = []
    for fix, path in zip(possible, goal.paths, strict=True):
        # Only the best edit: to verify each would parse the document again.
        edit = next(_possible_edits(document, fix, path), None)
        if edit is not None:
            found.append((edit, fix))
    chosen = set(_without_overlaps(found))
    made = [fix for edit, fix in found if (edit, fix) in chosen]
    if not made:
        return None
    if len(made) < len(goal.paths):
        # Fixes without an edit must not count, so the goal is made again.
        goal = _Goal(document)
        if not all(map(goal.add, made)):
            return None
    edits = _outermost(edit for edit, _ in chosen)
    after = _verified(document, edits, goal, helm_major)
    if after is None:
        return None
    return after, edits, made


def _verified(
    document: Document, edits: Sequence[Edit], goal: _Goal, helm_major: int
) -> Document | None:
    """The edited document, if its values are exactly those of the goal."""
    text = apply_edits(document.text, edits)
    after = parse_document(text, document.file, helm_major=helm_major)
    if after.error:
        return None
    # As JSON, since Python takes 1, 1.0 and true to be equal.
    values = json.dumps(after.tree, sort_keys=True)
    wanted = json.dumps(goal.tree, sort_keys=True)
    if values != wanted:
        return None
    return after


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits, which are in order and do not overlap."""
    pieces = []
    at = 0
    for edit in edits:
        unchanged = text[at : edit.start]
        pieces.append(unchanged)
        pieces.append(edit.text)
        at = edit.end
    rest = text[at:]
    pieces.append(rest)
    return "".join(pieces)


def _without_overlaps(found: Sequence[tuple[Edit, Fix]]) -> list[tuple[Edit, Fix]]:
    """The edits that do not overlap an earlier one.

    A key to remove may be inside a mapping to remove.
    """
    chosen: list[tuple[Edit, Fix]] = []
    end = 0
    for edit, fix in sorted(found, key=lambda pair: _outer_first(pair[0])):
        is_removed_inside = edit.end <= end and isinstance(fix, Remove)
        if edit.start >= end or is_removed_inside:
            chosen.append((edit, fix))
            end = max(end, edit.end)
    return chosen


def _outermost(edits: Iterable[Edit]) -> list[Edit]:
    outer: list[Edit] = []
    end = 0
    for edit in sorted(edits, key=_outer_first):
        if edit.start >= end:
            outer.append(edit)
            end = edit.end
    return outer


def _outer_first(edit: Edit) -> tuple[int, int]:
    return edit.start, -edit.end


class _Goal:
    """The values that the text must have after some fixes, which are added one by one."""

    def __init__(self, document: Document) -> None:
        self.tree = _copied(document.tree)
        self.paths: list[KeyPath] = []
        """The path that each fix changes; for a removed key, possibly one above."""
        self._document = document

    def add(self, fix: Fix) -> bool:
        """Make the fix in the values.

        False if there is nothing to change, or if the new name of a key is taken.
        """
        path = fix.path
        if isinstance(fix, Remove):
            path = _emptied(self.tree, path)
        if lookup(self.tree, fix.path) is MISSING:
            return False
        if self._document.entry(fix.path) is None:
            return False
        if not self._change(fix, path):
            return False
        self.paths.append(path)
        return True

    def _change(self, fix: Fix, path: KeyPath) -> bool:
        *above, key = path
        holder = lookup(self.tree, tuple(above))
        if isinstance(fix, Quote):
            holder[key] = self._document.source_of(path)
            return True
        if not isinstance(holder, dict):
            return False
        if isinstance(fix, Rename):
            if fix.key in holder:
                return False
            # The new key is at the end, which is fine: goals are compared with sorted keys.
            holder[fix.key] = holder[key]
        del holder[key]
        return True


def _copied(tree: Any) -> Any:
    """A deep copy; copy.deepcopy takes several times as long."""
    if isinstance(tree, dict):
        return {key: _copied(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_copied(value) for value in tree]
    return tree


def _emptied(tree: object, path: KeyPath) -> KeyPath:
    """The path, or that of the mapping above it which would be left empty.

    Such a mapping must go too: its key without a value would be null, which removes the
    chart's defaults.
    """
    while len(path) > 1:
        above = path[:-1]
        # An item of a list stays: without it, the index of each later item would change.
        if isinstance(above[-1], int):
            break
        holder = lookup(tree, above)
        if not isinstance(holder, dict) or len(holder) != 1:
            break
        path = above
    return path


def _possible_edits(document: Document, fix: Fix, path: KeyPath) -> Iterator[Edit]:
    """The edits that may carry out the fix, the best first."""
    entry = document.entry(path)
    if entry is None:
        return
    key, value = entry
    text = document.text
    if isinstance(fix, Quote):
        if isinstance(value, ScalarNode) and value.plain:
            yield _quote(document, path, value)
    elif key is None:
        # An item of a list can be neither removed nor renamed.
        return
    elif isinstance(fix, Remove):
        yield from _removals(text, key.start, value.end)
    else:
        yield _rename(text, key, fix.key)


def _quote(document: Document, path: KeyPath, value: Node) -> Edit:
    source = document.source_of(path) or ""
    quoted = f'"{source}"'
    if '"' in source or "\\" in source:
        doubled = source.replace("'", "''")
        quoted = f"'{doubled}'"
    # An anchor is part of the node, in front of its text.
    start = value.end - len(source)
    return Edit(start, value.end, quoted)


def _rename(text: str, key: Node, name: str) -> Edit:
    first = text[key.start]
    if first in "'\"":
        name = f"{first}{name}{first}"
    return Edit(key.start, key.end, name)


_REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?\r?(\n|$)")
_COMMA = re.compile(r"\s*,[ \t]*")


def _removals(text: str, start: int, end: int) -> Iterator[Edit]:
    """Whole lines if the entry fills them, else an item of `{...}` with its comma."""
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():
        # A block scalar ends after its line break.
        if text[end - 1] == "\n":
            yield Edit(line, end)
        elif rest := _REST_OF_LINE.match(text, end):
            yield Edit(line, rest.end())
    if comma := _COMMA.match(text, end):
        yield Edit(start, comma.end())
    # The last item of `{...}` is preceded by its comma.
    before = start - 1
    while before >= 0 and text[before].isspace():
        before -= 1
    if before >= 0 and text[before] == ",":
        yield Edit(before, end)
