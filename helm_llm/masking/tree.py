"""The secrets of a tree of maps, lists and scalars: values, objects of a cluster, the nodes of a YAML text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from helm_llm.masking.names import is_reference, is_secret_name
from helm_llm.masking.phrases import secret_texts
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import shape_spans

Item = TypeVar("Item")

Pairs = list[tuple[str, Item]]


class View(NamedTuple):
    """What an item is: pairs of a map, items of a list, or a scalar."""

    pairs: Sequence[tuple[str, Any]] | None = None
    items: Sequence[Any] | None = None
    scalar: Any = None


def secret_scalars(
    root: Item, view: Callable[[Item], View], *, secret: bool = False
) -> Iterator[Item]:
    """Every scalar that a key, a variable's name or a flag before it makes a secret; booleans and nulls are none.

    `secret` says that the root already is the value of such a key. An item that is in the tree several times, as with
    aliases, is looked at once for each of the two readings.
    """
    pending, seen = [(root, secret)], set()
    while pending:
        item, hidden = pending.pop()
        seen_as = view(item)
        if seen_as.pairs is None and seen_as.items is None:
            if hidden and _can_be_secret(seen_as.scalar):
                yield item
            continue
        if (id(item), hidden) in seen:
            continue
        seen.add((id(item), hidden))
        if seen_as.pairs is not None:
            pending.extend(_below(seen_as.pairs, view, hidden=hidden))
        else:
            pending.extend(_in_list(seen_as.items or (), view, hidden=hidden))


def conceal(value: Any, *, secret: bool = False) -> Any:
    """A copy of a tree of values with `***` for every scalar that its place makes a secret, however short."""
    view = view_of_value(value)
    if view.pairs is not None:
        children = _below(view.pairs, view_of_value, hidden=secret)
        keys = [key for key, _ in view.pairs]
        return {
            key: conceal(child, secret=hidden)
            for key, (child, hidden) in zip(keys, children, strict=True)
        }
    if view.items is not None:
        return [
            conceal(child, secret=hidden)
            for child, hidden in _in_list(view.items, view_of_value, hidden=secret)
        ]
    return "***" if secret and _can_be_secret(value) else value


def scalars(root: Item, view: Callable[[Item], View]) -> Iterator[Item]:
    """Every scalar, once."""
    pending, seen = [root], set()
    while pending:
        item = pending.pop()
        seen_as = view(item)
        if seen_as.pairs is None and seen_as.items is None:
            yield item
        elif id(item) not in seen:
            seen.add(id(item))
            if seen_as.pairs is None:
                pending.extend(seen_as.items or ())
            else:
                pending.extend(child for _, child in seen_as.pairs)


def _can_be_secret(value: Any) -> bool:
    return (
        value is not None and not isinstance(value, bool) and str(value).strip() != ""
    )


def _below(
    pairs: Sequence[tuple[str, Item]], view: Callable[[Item], View], *, hidden: bool
) -> Iterator[tuple[Item, bool]]:
    told = {
        key: view(child).scalar
        for key, child in pairs
        if key in ("name", "key", "kind")
    }
    variable = any(is_secret_name(str(told.get(key))) for key in ("name", "key"))
    contents = ("data", "stringData") if told.get("kind") == "Secret" else ()
    for key, child in pairs:
        own = is_secret_name(key) or (variable and key == "value") or key in contents
        yield child, own or (hidden and not is_reference(key, view(child).scalar))


def _in_list(
    items: Sequence[Item], view: Callable[[Item], View], *, hidden: bool
) -> Iterator[tuple[Item, bool]]:
    """In a list of arguments all that follows a flag made for secrets, up to the next flag."""
    after_flag = False
    for item in items:
        text = view(item).scalar
        if isinstance(text, str) and text.startswith("-"):
            after_flag = "=" not in text and is_secret_name(text)
            yield item, hidden
        else:
            yield item, hidden or after_flag


def view_of_value(value: Any) -> View:
    """Maps, lists and scalars as Python has them."""
    if isinstance(value, Mapping):
        return View(pairs=[(str(key), child) for key, child in value.items()])
    if isinstance(value, (list, tuple)):
        return View(items=value)
    return View(scalar=value)


def secrets_of_tree(tree: Any, *, secret: bool = False) -> Iterator[Secret]:
    """Every secret of a tree, and those inside its texts."""
    for value in secret_scalars(tree, view_of_value, secret=secret):
        yield from secrets_of_scalar(value)
    for value in scalars(tree, view_of_value):
        if isinstance(value, str):
            yield from secrets_of_text(value)


def secrets_of_scalar(value: Any) -> Iterator[Secret]:
    """The forms of a value: a number as Go prints it, what a Secret's base64 stands for."""
    if isinstance(value, (int, float)):
        yield from (Secret(text) for text in _numbers(value))
        return
    text = str(value)
    yield Secret(text)
    if len(text) >= 8 and len(text) % 4 == 0:
        with suppress(
            binascii.Error, ValueError
        ):  # most texts are no base64, or stand for no text
            yield Secret(
                base64.b64decode(text, validate=True).decode("utf-8").strip("\n")
            )


_LONGEST_TEXT = 256 * 1024


def secrets_of_text(text: str) -> Iterator[Secret]:
    """What a text that is no secret as a whole holds."""
    text = text[:_LONGEST_TEXT]
    yield from (Secret(found, certain=False) for found in secret_texts(text))
    yield from (
        Secret(text[start:end], certain=False) for start, end in shape_spans(text)
    )


def _numbers(value: float) -> set[str]:
    from helm_llm.document.go_format import go_format

    try:
        return {str(value), repr(float(value)), go_format(value), f"{value:.17g}"}
    except (
        OverflowError,
        ValueError,
    ):  # an integer beyond any float, or of too many digits to print
        return set()
