"""A value of another type than the one asked for is absent."""

from typing import Any

import pytest

from helm_llm import typed

TREE: dict[str, Any] = {
    "text": "x",
    "number": 4,
    "whole": 4.0,
    "half": 4.5,
    "on": True,
    "none": None,
    "map": {"a": {"b": "c"}},
    "list": [{"a": 1}, "x", None, {"b": 2}],
}


@pytest.mark.parametrize(
    ("reader", "holds"),
    [
        (typed.text, {"text": "x"}),
        (typed.number, {"number": 4, "whole": 4}),
        (typed.mapping, {"map": {"a": {"b": "c"}}}),
        (typed.sequence, {"list": TREE["list"]}),
        (typed.mappings, {"list": ({"a": 1}, {"b": 2})}),
        (typed.texts, {"list": ("x",)}),
        (typed.at, {key: value for key, value in TREE.items() if key != "none"}),
    ],
)
def test_a_reader_sees_its_own_type(reader: Any, holds: dict[str, Any]) -> None:
    absent = reader(TREE, "nowhere")
    assert not absent
    for key in TREE:
        assert reader(TREE, key) == holds.get(key, absent), key


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "text",
        5,
        [],
        ["x"],
        {},
        {"a": "text"},
        {"a": None},
        {"a": [1]},
        {"a": {"b": []}},
    ],
)
def test_what_stands_in_the_way_of_a_path_is_no_failure(tree: Any) -> None:
    assert typed.text(tree, "a", "b", 0, "c") == ""
    assert typed.mapping(tree, "a", "b", "c") == {}
    assert typed.mappings(tree, 0, "a") == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (5, "5"), (1.5, "1.5"), (None, ""), ([], ""), ({}, "")],
)
def test_scalars_are_shown(value: Any, text: str) -> None:
    assert typed.shown(value) == text


@pytest.mark.parametrize("value", [2**63, -(2**64), 1e300, True, "4", None, [4]])
def test_a_number_is_one_that_kubernetes_could_hold(value: Any) -> None:
    assert typed.number({"a": value}, "a", default=7) == 7
