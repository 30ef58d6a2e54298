"""Values files that Helm reads back unchanged."""

from hypothesis import given
from hypothesis import strategies as st

from helm_llm.document.dumper import dump
from helm_llm.document.reader import parse_document

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXTS, st.lists(TEXTS)))
def test_texts_are_read_back(values: dict[str, list[str]]) -> None:
    assert parse_document(dump(values), "values.yaml").tree == values


def test_only_what_needs_quotes_has_them() -> None:
    values = {
        "tag": "1.0.0",
        "cpu": "2",
        "exponent": "1e3",
        "port": 8000,
        "on": True,
        "list": ["08", "a b"],
    }
    written = """\
tag: 1.0.0
cpu: "2"
exponent: "1e3"
port: 8000
"on": true
list:
- "08"
- a b
"""
    assert dump(values) == written


def test_what_is_shared_is_written_twice() -> None:
    shared = {"a": "b"}
    assert (
        dump({"first": shared, "second": shared}) == "first:\n  a: b\nsecond:\n  a: b\n"
    )
