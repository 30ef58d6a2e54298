"""Secrets of a tree of maps, lists and scalars: values, objects of a cluster, YAML nodes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias, TypeVar

from helm_llm.masking.names import is_reference, is_secret_name
from helm_llm.masking.phrases import secret_texts
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import shape_spans

Item = TypeVar("Item")

_LONGEST_TEXT = 256 * 1024


class View(NamedTuple):
    """What an item of a tree is: pairs of a map, items of a list, or a scalar."""

    pairs: Sequence[tuple[str, Any]] | None = None
    items: Sequence[Any] | None = None
    scalar: object = None

    @property
    def is_scalar(self) -> bool:
        """Whether it is neither a map nor a list."""
        return self.pairs is None and self.items is None


Viewer: TypeAlias = Callable[[Item], View]
"""What an item of some kind of tree is: see `view_of_value`."""
Pairs: TypeAlias = Sequence[tuple[str, Item]]
Judged: TypeAlias = Iterator[tuple[Item, bool]]
"""Children of an item, and whether each is secret."""


def secret_scalars(
    root: Item, view: Viewer[Item], *, secret: bool = False
) -> Iterator[Item]:
    """Every scalar that is secret because of its key, a variable's name or a flag.

    `secret`: the root is the value of such a key. An item that is in the tree several
    times, as with aliases, is visited once as secret and once as not secret. Booleans
    and nulls are never secret.
    """
    pending = [(root, secret)]
    visited: set[tuple[int, bool]] = set()
    while pending:
        item, is_secret = pending.pop()
        seen = view(item)
        if seen.is_scalar:
            if is_secret and _can_be_secret(seen.scalar):
                yield item
            continue
        key = id(item), is_secret
        if key in visited:
            continue
        visited.add(key)
        children = _children(seen, view, is_secret=is_secret)
        pending.extend(children)


def conceal(value: object, *, secret: bool = False) -> Any:
    """A copy of a tree with `***` for every scalar that is secret because of its place.

    Unlike `mask`, this hides short secrets too.
    """
    view = view_of_value(value)
    if view.is_scalar:
        if secret and _can_be_secret(value):
            return "***"
        return value
    copies = []
    for child, is_secret in _children(view, view_of_value, is_secret=secret):
        copies.append(conceal(child, secret=is_secret))
    if view.pairs is None:
        return copies
    keys = [key for key, _ in view.pairs]
    return dict(zip(keys, copies, strict=True))


def scalars(root: Item, view: Viewer[Item]) -> Iterator[Item]:
    """Every scalar, once."""
    pending = [root]
    visited: set[int] = set()
    while pending:
        item = pending.pop()
        seen = view(item)
        if seen.is_scalar:
            yield item
            continue
        key = id(item)
        if key in visited:
            continue
        visited.add(key)
        if seen.pairs is None:
            pending.extend(seen.items or ())
        else:
            pending.extend(child for _, child in seen.pairs)


def _can_be_secret(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return False
    return str(value).strip() != ""


def _children(seen: View, view: Viewer[Item], *, is_secret: bool) -> Judged[Item]:
    if seen.pairs is None:
        return _list_children(seen.items or (), view, is_secret=is_secret)
    return _map_children(seen.pairs, view, is_secret=is_secret)


def _map_children(
    pairs: Pairs[Item], view: Viewer[Item], *, is_secret: bool
) -> Judged[Item]:
    secret_keys = _keys_of_contents(pairs, view)
    for key, child in pairs:
        if is_secret_name(key) or key in secret_keys:
            yield child, True
        elif is_secret:
            yield child, not is_reference(key, view(child).scalar)
        else:
            yield child, False


def _keys_of_contents(pairs: Pairs[Item], view: Viewer[Item]) -> tuple[str, ...]:
    """Keys that are secret because of the other keys of their map.

    These are `value` next to `name: HF_TOKEN`, and the data of `kind: Secret`.
    """
    keys: tuple[str, ...] = ()
    for key, child in pairs:
        if key in ("name", "key"):
            name = str(view(child).scalar)
            if is_secret_name(name):
                keys += ("value",)
        elif key == "kind":
            kind = view(child).scalar
            if kind == "Secret":
                keys += ("data", "stringData")
    return keys


def _list_children(
    items: Sequence[Item], view: Viewer[Item], *, is_secret: bool
) -> Judged[Item]:
    # In a list of arguments, everything between a secret flag and the next flag is
    # secret.
    after_flag = False
    for item in items:
        text = view(item).scalar
        if not isinstance(text, str) or not text.startswith("-"):
            yield item, is_secret or after_flag
            continue
        yield item, is_secret
        # `--api-key=x` has its value in the same word.
        after_flag = "=" not in text and is_secret_name(text)


def view_of_value(value: object) -> View:
    """A value made of Python's maps, lists and scalars."""
    if isinstance(value, Mapping):
        pairs = [(str(key), child) for key, child in value.items()]
        return View(pairs=pairs)
    if isinstance(value, (list, tuple)):
        return View(items=value)
    return View(scalar=value)


def secrets_of_tree(tree: object, *, secret: bool = False) -> Iterator[Secret]:
    """Every secret scalar of a tree, and the secrets inside its texts."""
    for value in secret_scalars(tree, view_of_value, secret=secret):
        yield from secrets_of_scalar(value)
    for value in scalars(tree, view_of_value):
        if isinstance(value, str):
            yield from secrets_of_text(value)


def secrets_of_scalar(value: object) -> Iterator[Secret]:
    """A secret value as tools print it: numbers as in Go, base64 decoded."""
    if isinstance(value, (int, float)):
        for form in _number_forms(value):
            yield Secret(form)
        return
    text = str(value)
    yield Secret(text)
    # In the data of a Secret, for example, which logs may show decoded.
    length = len(text)
    if length < 8 or length % 4:
        return
    with suppress(binascii.Error, ValueError):  # most texts are not base64 of a text
        decoded = base64.b64decode(text, validate=True).decode("utf-8")
        yield Secret(decoded.strip("\n"))


def secrets_of_text(text: str) -> Iterator[Secret]:
    """Secrets inside a text that is not secret as a whole."""
    text = text[:_LONGEST_TEXT]
    for found in secret_texts(text):
        yield Secret(found, certain=False)
    for start, end in shape_spans(text):
        yield Secret(text[start:end], certain=False)


def _number_forms(value: float) -> set[str]:
    from helm_llm.document.go_format import go_format

    try:
        return {str(value), repr(float(value)), go_format(value), f"{value:.17g}"}
    except (OverflowError, ValueError):
        # An integer that is beyond any float, or has too many digits to print.
        return set()
