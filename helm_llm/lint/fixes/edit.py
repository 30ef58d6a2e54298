"""Fix -> the text that carries it out. Comments and formatting of all else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from helm_llm.document.document import Document, parse
from helm_llm.document.nodes import Node, ScalarNode
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.fix import Fix, Quote, Remove, Rename


@dataclass(frozen=True, slots=True)
class Edit:
    """What replaces the text from one offset to another."""

    start: int
    end: int
    text: str = ""


def apply_fix(
    document: Document, fix: Fix, *, helm_major: int
) -> tuple[Document, list[Edit]] | None:
    """The document with the fix, and its edit; None when no edit of the text does this and nothing else."""
    wanted = _Wanted(document)
    if document.error or not wanted.take(fix):
        return None
    for edit in _edits(document, fix, wanted.paths[0]):
        after = _verified(document, [edit], wanted, helm_major)
        if after:
            return after, [edit]
    return None


def apply_fixes(
    document: Document, fixes: Sequence[Fix], *, helm_major: int
) -> tuple[Document, list[Edit], list[Fix]] | None:
    """The document with many fixes, those whose edits do not cross; None when they change anything else."""
    planned = _Wanted(document)
    possible = [fix for fix in fixes if planned.take(fix)]
    found = [
        (edit, fix)
        for fix, path in zip(possible, planned.paths, strict=True)
        for edit in islice(_edits(document, fix, path), 1)
    ]
    made = set(_apart(found))
    done = [fix for edit, fix in found if (edit, fix) in made]
    wanted = planned if len(done) == len(planned.paths) else _Wanted(document)
    if not done or (wanted is not planned and not all(map(wanted.take, done))):
        return None
    edits = _outermost(edit for edit, _ in made)
    after = _verified(document, edits, wanted, helm_major)
    return (after, edits, done) if after else None


def _verified(
    document: Document, edits: Sequence[Edit], wanted: _Wanted, helm_major: int
) -> Document | None:
    after = parse(
        apply_edits(document.text, edits), document.file, helm_major=helm_major
    )
    same = not after.error and json.dumps(after.tree, sort_keys=True) == json.dumps(
        wanted.tree, sort_keys=True
    )
    return after if same else None


def apply_edits(text: str, made: Iterable[Edit]) -> str:
    """The text with edits that follow each other."""
    pieces, at = [], 0
    for edit in made:
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _apart(found: Sequence[tuple[Edit, Fix]]) -> list[tuple[Edit, Fix]]:
    """Those that do not cross an earlier one. One may lie inside another: a key in a mapping that goes as a whole."""
    chosen: list[tuple[Edit, Fix]] = []
    end = 0
    for edit, fix in sorted(found, key=lambda pair: (pair[0].start, -pair[0].end)):
        if edit.start >= end or (edit.end <= end and isinstance(fix, Remove)):
            chosen.append((edit, fix))
            end = max(end, edit.end)
    return chosen


def _outermost(made: Iterable[Edit]) -> list[Edit]:
    outer: list[Edit] = []
    for edit in sorted(made, key=lambda edit: (edit.start, -edit.end)):
        if not outer or edit.start >= outer[-1].end:
            outer.append(edit)
    return outer


class _Wanted:
    """The values that the text must have after some fixes, taken one by one."""

    def __init__(self, document: Document) -> None:
        self.tree = _copied(document.tree)
        self.paths: list[KeyPath] = []
        """Where each fix works: a removed key may take the mapping with it that would be left empty."""
        self._document = document

    def take(self, fix: Fix) -> bool:
        """Carry it out; False where there is nothing to change, or the new key is in use."""
        path = _emptied(self.tree, fix.path) if isinstance(fix, Remove) else fix.path
        holder = lookup(self.tree, path[:-1])
        if (
            lookup(self.tree, fix.path) is MISSING
            or self._document.entry(fix.path) is None
        ):
            return False
        if isinstance(fix, Quote):
            holder[path[-1]] = self._document.source_of(path)
        elif not isinstance(holder, dict) or (
            isinstance(fix, Rename) and fix.key in holder
        ):
            return False
        else:
            value = holder.pop(path[-1])
            if isinstance(fix, Rename):
                holder[fix.key] = value
        self.paths.append(path)
        return True


def _copied(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _copied(value) for key, value in tree.items()}
    return [_copied(value) for value in tree] if isinstance(tree, list) else tree


def _emptied(tree: Any, path: KeyPath) -> KeyPath:
    """The path, or the mapping above it that would be left empty: as null it would remove the chart's defaults."""
    while (
        len(path) > 1
        and isinstance(path[-2], str)
        and _is_alone(lookup(tree, path[:-1]))
    ):
        path = path[:-1]
    return path


def _is_alone(holder: Any) -> bool:
    return isinstance(holder, dict) and len(holder) == 1


def _edits(document: Document, fix: Fix, path: KeyPath) -> Iterator[Edit]:
    """The edits that may do it, the best first."""
    key, value = document.entry(path) or (None, None)
    if isinstance(fix, Quote) and isinstance(value, ScalarNode) and value.plain:
        yield _quoted(document, path, value)
    elif isinstance(fix, Remove) and key and value:
        yield from _without(document.text, key.start, value.end)
    elif isinstance(fix, Rename) and key:
        yield _renamed(document.text, key, fix.key)


def _quoted(document: Document, path: KeyPath, value: Node) -> Edit:
    """Behind an anchor, if there is one."""
    source = document.source_of(path) or ""
    quoted = (
        "'" + source.replace("'", "''") + "'"
        if '"' in source or "\\" in source
        else f'"{source}"'
    )
    return Edit(value.end - len(source), value.end, quoted)


def _renamed(text: str, key: Node, name: str) -> Edit:
    quote = text[key.start] if text[key.start] in "'\"" else ""
    return Edit(key.start, key.end, f"{quote}{name}{quote}")


_REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?\r?(\n|$)")
_COMMA_BEHIND = re.compile(r"\s*,[ \t]*")


def _without(text: str, start: int, end: int) -> Iterator[Edit]:
    """Whole lines where nothing else stands on them, else an item of `{...}` with its comma."""
    line = text.rfind("\n", 0, start) + 1
    rest = (
        re.compile("").match(text, end)
        if text[end - 1] == "\n"
        else _REST_OF_LINE.match(text, end)
    )
    if rest and not text[line:start].strip():
        yield Edit(line, rest.end())
    if comma := _COMMA_BEHIND.match(text, end):
        yield Edit(start, comma.end())
    before = start
    while before and text[before - 1].isspace():
        before -= 1
    if before and text[before - 1] == ",":
        yield Edit(before - 1, end)
