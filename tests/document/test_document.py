"""Positions, comments, repeated keys and errors of one values file."""

from pathlib import Path

import pytest

from helm_llm.document.document import Document
from helm_llm.document.position import Span
from helm_llm.document.reader import MAX_BYTES, parse_document, read_document
from helm_llm.errors import UsageError
from helm_llm.keypath import KeyPath

VALUES = """\
# values of the team
engine:
  tp: 4   # ranks
  "name": 'two words'
  args: [--a, "b", {c: 1.50}]
list:
- x
-   k: |
      text
      more
    empty:
z: {}
"""


def marked(document: Document, span: Span | None) -> str:
    assert span is not None
    lines = document.text.splitlines()
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return f"{lines[span.line - 1][span.column - 1 :]}..."


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("engine",), "engine", "tp: 4   # ranks..."),
        (("engine", "tp"), "tp", "4"),
        (("engine", "name"), '"name"', "'two words'"),
        (("engine", "args"), "args", '[--a, "b", {c: 1.50}]'),
        (("engine", "args", 0), "--a", "--a"),
        (("engine", "args", 1), '"b"', '"b"'),
        (("engine", "args", 2, "c"), "c", "1.50"),
        (("list", 0), "x", "x"),
        (("list", 1, "k"), "k", "|..."),
        (("list", 1, "empty"), "empty", ""),
        (("z",), "z", "{}"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_spans(path: KeyPath, key: str, value: str, newline: str, start: str) -> None:
    document = parse_document(start + VALUES.replace("\n", newline), "v.yaml")
    assert marked(document, document.key_span(path)) == key
    assert marked(document, document.value_span(path)) == value


@pytest.mark.parametrize(
    "path",
    [
        ("no",),
        ("engine", "tp", "x"),
        ("list", 2),
        ("list", "x"),
        ("list", -1),
        ("z", 0),
    ],
)
def test_no_span_for_what_the_file_does_not_hold(path: KeyPath) -> None:
    document = parse_document(VALUES, "v.yaml")
    assert document.value_span(path) is None
    assert document.key_span(path) is None
    assert document.source_of(path) is None


def test_an_empty_value_is_after_its_colon() -> None:
    assert parse_document("a:\nb: 1\n", "v.yaml").value_span(("a",)) == Span(1, 3, 1, 3)


def test_columns_count_code_points() -> None:
    document = parse_document("'\U0001f600é': {ü: 5}\n", "v.yaml")
    assert document.value_span(("\U0001f600é", "ü")) == Span(1, 11, 1, 12)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (("a",), "0.90"),
        (("b",), "yes"),
        (("c",), None),
        (("d",), ""),
        (("e",), "0.90"),
        (("f",), None),
        (("g", 0), "~"),
        (("h",), None),
        (("1",), "x"),
        (("true",), "08"),
    ],
)
def test_source_of(path: KeyPath, source: str | None) -> None:
    text = "a: &a 0.90\nb: yes # b\nc: '1'\nd:\ne: *a\nf: !!str 5\ng: [~]\nh: |\n  x\n1: x\ny: 08\n"
    assert parse_document(text, "v.yaml").source_of(path) == source


MERGED = """\
base: &base {tp: 4, deep: {x: 1}}
more: &more
  pp: 2
a:
  <<: *base
  dp: 1
b:
  <<: [*base, *more]
c: *base
d:
  tp: 1
  <<: *base
e:
  <<: {q: 7}
"""


@pytest.mark.parametrize(
    ("path", "key", "value", "line"),
    [
        (("a", "tp"), "<<", "*base", 5),
        (("a", "deep", "x"), "<<", "*base", 5),
        (("a", "dp"), "dp", "1", 6),
        (("b", "pp"), "<<", "*more", 8),
        (("b", "tp"), "<<", "*base", 8),
        (("c",), "c", "*base", 9),
        (("c", "tp"), "tp", "4", 1),
        (("d", "tp"), "<<", "*base", 12),
        (("e", "q"), "q", "7", 14),
    ],
)
def test_merge_keys_and_aliases(path: KeyPath, key: str, value: str, line: int) -> None:
    document = parse_document(MERGED, "v.yaml")
    span = document.value_span(path)
    assert span is not None
    assert (span.line, marked(document, span)) == (line, value)
    assert marked(document, document.key_span(path)) == key


def test_repeated_keys_are_reported_and_the_last_wins() -> None:
    document = parse_document(
        "a: 1\nb:\n- c: {x: 1, x: 2}\n  d: 3\na: 2\n1: p\n'1': q\n", "v.yaml"
    )
    assert document.tree == {"a": 2, "b": [{"c": {"x": 2}, "d": 3}], "1": "q"}
    assert [
        (found.path, found.first.line, found.span.line) for found in document.repeated
    ] == [
        (("b", 0, "c", "x"), 3, 3),
        (("a",), 1, 5),
        (("1",), 6, 7),
    ]
    assert document.value_span(("a",)) == Span(5, 4, 5, 5)
    assert document.repeated[0].first == Span(3, 7, 3, 8)
    assert document.repeated[0].span == Span(3, 13, 3, 14)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n---\nb: 2\n", 3),
        ("a: 1\n--- {b: 2}\n", 2),
        ("# c\n---\na: 1\n---\n# c\n\n  b: 2\n", 7),
        ("a: 1\r\n---\r\nb: 2\r\n", 3),
        ("a: 1\n...\nb: 2\n", 3),
        ("a: 1\n---\n# nothing\n", None),
        ("---\na: 1\n---\n...\n", None),
        ("a: |\n  x\n  ---\n  y\n", None),
        ("# only\n---\n", None),
    ],
)
def test_second_document(text: str, line: int | None) -> None:
    found = parse_document(text, "v.yaml").second_document
    assert (found.line if found else None) == line


def test_helm_4_merges_documents_and_every_value_has_its_place() -> None:
    text = "a: {b: 1, c: 1}\n---\na: {b: 2}\nd: 3\n"
    document = parse_document(text, "v.yaml", helm_major=4)
    assert document.tree == {"a": {"b": 2, "c": 1}, "d": 3}
    lines = [
        span.line
        for key in [("a", "b"), ("a", "c"), ("d",)]
        if (span := document.value_span(key))
    ]
    assert lines == [3, 1, 4]
    assert parse_document(text, "v.yaml").tree == {"a": {"b": 1, "c": 1}}


def test_comments() -> None:
    text = (
        "# helm-llm: ignore[a] why\n"
        "a: 1 # helm-llm: ignore[b]  \r\n"
        "b: '# helm-llm: no'\n"
        "c: |\n  # helm-llm: no\n"
        "d: x#helm-llm:no\n"
        "e: # other # helm-llm: ignore[c]\n"
        "  #helm-llm: ignore[d]\n"
        "f: # helm-llm\n"
    )
    found = parse_document(text, "v.yaml").comments
    assert [(c.text, c.span.line, c.span.column, c.own_line) for c in found] == [
        ("# helm-llm: ignore[a] why", 1, 1, True),
        ("# helm-llm: ignore[b]", 2, 6, False),
        ("# helm-llm: ignore[c]", 7, 12, False),
        ("#helm-llm: ignore[d]", 8, 3, True),
    ]


def test_read(tmp_path: Path) -> None:
    file = tmp_path / "v.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    assert read_document(str(file)).tree == {"a": 1}
    assert read_document(str(file)).file == str(file)


def test_read_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "stdin"
    file.write_text("a: 1\n")
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        document = read_document("-")
    assert (document.file, document.tree) == ("-", {"a": 1})


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b"a: 1\nb: \xff\n", (2, 4)),
        (b"a: \xc3\xa9\xe9\n", (1, 5)),
        ("a: 1\n".encode("utf-16"), (1, 1)),
    ],
)
def test_text_that_is_not_utf_8(
    data: bytes, at: tuple[int, int], tmp_path: Path
) -> None:
    file = tmp_path / "v.yaml"
    file.write_bytes(data)
    document = read_document(str(file))
    assert document.error
    assert "save the file as UTF-8" in document.error.message
    assert (document.error.span.line, document.error.span.column) == at


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"cannot read the values file .*no\.yaml: No such file"
    ):
        read_document(str(tmp_path / "no.yaml"))
    with pytest.raises(UsageError, match="it is a directory"):
        read_document(str(tmp_path))
    (tmp_path / "big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match="larger than 5 MiB"):
        read_document(str(tmp_path / "big.yaml"))
