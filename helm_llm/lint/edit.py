"""Fix -> the text that carries it out. Comments and formatting of all else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import KeyPath, lookup
from helm_llm.lint.fix import Fix, Quote, Remove, Rename
from helm_llm.nodes import Node, ScalarNode
from helm_llm.source import Document, parse


@dataclass(frozen=True, slots=True)
class Edit:
    """What replaces the text from one offset to another."""

    start: int
    end: int
    text: str = ""


def edited(document: Document, fix: Fix, *, helm_major: int) -> Document | None:
    """The document with the fix; None when no edit of the text does this and nothing else."""
    if document.error or document.entry(fix.path) is None:
        return None
    wanted = json.dumps(_wanted(document, fix), sort_keys=True)
    for edit in _edits(document, fix):
        text = document.text[: edit.start] + edit.text + document.text[edit.end :]
        after = parse(text, document.file, helm_major=helm_major)
        if not after.error and json.dumps(after.tree, sort_keys=True) == wanted:
            return after
    return None


def _wanted(document: Document, fix: Fix) -> Any:
    """The values that the text must have afterwards."""
    if isinstance(fix, Quote):
        return _with(document.tree, fix.path, {fix.path[-1]: document.source_of(fix.path)})
    if isinstance(fix, Remove):
        return _with(document.tree, _emptied(document.tree, fix.path), {})
    return _with(document.tree, fix.path, {fix.key: lookup(document.tree, fix.path)})


def _with(tree: Any, path: KeyPath, entries: dict[Any, Any]) -> Any:
    """A copy of the tree with these entries in the place of the path's; None when one of them is there already."""
    key, *below = path
    if below:
        entries = {key: _with(tree[key], tuple(below), entries)}
    if isinstance(tree, list):
        return [entries.get(index, value) for index, value in enumerate(tree)]
    rest = {name: value for name, value in tree.items() if name != key}
    return None if entries.keys() & rest.keys() else {**rest, **entries}


def _emptied(tree: Any, path: KeyPath) -> KeyPath:
    """The path, or the mapping above it that would be left empty: as null it would remove the chart's defaults."""
    while len(path) > 1 and isinstance(path[-2], str) and len(lookup(tree, path[:-1])) == 1:
        path = path[:-1]
    return path


def _edits(document: Document, fix: Fix) -> Iterator[Edit]:
    """The edits that may do it, the best first."""
    path = _emptied(document.tree, fix.path) if isinstance(fix, Remove) else fix.path
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
    quoted = "'" + source.replace("'", "''") + "'" if '"' in source or "\\" in source else f'"{source}"'
    return Edit(value.end - len(source), value.end, quoted)


def _renamed(text: str, key: Node, name: str) -> Edit:
    quote = text[key.start] if text[key.start] in "'\"" else ""
    return Edit(key.start, key.end, f"{quote}{name}{quote}")


_REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?\r?(\n|$)")
_COMMA_BEHIND, _COMMA_BEFORE = re.compile(r"\s*,[ \t]*"), re.compile(r",\s*$")


def _without(text: str, start: int, end: int) -> Iterator[Edit]:
    """Whole lines where nothing else stands on them, else an item of `{...}` with its comma."""
    line = text.rfind("\n", 0, start) + 1
    rest = re.compile("").match(text, end) if text[end - 1] == "\n" else _REST_OF_LINE.match(text, end)
    if rest and not text[line:start].strip():
        yield Edit(line, rest.end())
    if comma := _COMMA_BEHIND.match(text, end):
        yield Edit(start, comma.end())
    if before := _COMMA_BEFORE.search(text, 0, start):
        yield Edit(before.start(), end)
