"""Broken and hostile values files: a message at the right position, without a crash or a delay."""

import time
from pathlib import Path

import pytest
import yaml

from helm_llm.document import composer
from helm_llm.document.position import Span
from helm_llm.document.reader import MAX_BYTES, parse_document

CHARTS = Path(__file__).parents[2] / "charts"


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("a:\n\tb: 1\n", (2, 1), "YAML does not allow tabs"),
        ("a: 1\nb: c: d\n", (2, 5), "check the indentation, or quote"),
        ("a: 'x\nb: 1\n", (1, 4), "never closed"),
        (
            "a:\n  b: [1, 2\nc: 3\n",
            (3, 2),
            "the list that starts in line 2 is not closed",
        ),
        ("a: @x\n", (1, 4), "cannot start with '@'"),
        ("a: 1\nb\nc: 1\n", (2, 1), "needs a `:`"),
        ("a: {{ .Values.x }}\n", (1, 5), "needs quotes"),
        ("a: *x\n", (1, 4), "there is no anchor &x"),
        ("a: &a\n  b: *a\n", (2, 6), "contains itself"),
        ("- a\n", (1, 1), "this file contains a list"),
        ("a: [1, .nan]\n", (1, 8), "Helm refuses .nan"),
        ("a: é\x07\n", (1, 5), "U+0007"),
        ("a: \x00\n", (1, 4), "U+0000"),
        ("a: 1\n---\nb: c: d\n", (3, 5), "check the indentation"),
        ("a: 1\n---\nb:\n  c: [1\nd: 2\n", (5, 2), "starts in line 4"),
        ("a: 1\n--- {b: 2}\n", (2, 5), "Helm 4 only takes a comment"),
    ],
)
def test_errors_say_where_and_what(text: str, at: tuple[int, int], words: str) -> None:
    document = parse_document(text, "v.yaml", helm_major=4)
    assert document.tree == {}
    assert document.error
    assert words in document.error.message
    assert (document.error.span.line, document.error.span.column) == at


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "{b: " * 100_000,
        "- " * 100_000 + "x",
        "a: " + "[" * 100_000 + "]" * 100_000,
        "".join(f"{' ' * level}a:\n" for level in range(1000)),
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 1000)),
    ],
)
def test_deep_nesting_is_an_error_not_a_crash(text: str) -> None:
    document = parse_document(text, "v.yaml")
    assert document.error
    assert document.error.message == composer.TOO_DEEP


def test_deep_keys_are_an_error_not_a_crash() -> None:
    document = parse_document("? " * 50_000, "v.yaml")
    assert document.error
    assert "cannot be a key" in document.error.message


def test_alias_bomb() -> None:
    levels = "".join(
        f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 60)
    )
    started = time.process_time()
    document = parse_document("b0: &b0 [lol, lol, lol]\n" + levels, "v.yaml")
    assert document.error
    assert "aliases expand" in document.error.message
    assert time.process_time() - started < 5


def test_many_small_aliases_are_fine() -> None:
    text = "env: &env [a, b]\n" + "".join(f"k{n}: *env\n" for n in range(900))
    assert parse_document(text, "v.yaml").tree["k899"] == ["a", "b"]


@pytest.mark.parametrize(
    "size", [MAX_BYTES // 5, pytest.param(MAX_BYTES, marks=pytest.mark.extended)]
)
def test_a_large_file(size: int) -> None:
    row = "key-%07d: {name: value, port: 8080, list: [a, b, c]} # comment\n"
    text = "".join(row % n for n in range(size // len(row % 0)))
    document = parse_document(text, "v.yaml")
    assert document.error is None
    last = f"key-{len(document.tree) - 1:07d}"
    assert document.value_span((last, "port")) == Span(
        len(document.tree), 34, len(document.tree), 38
    )


TEXTS = [
    "é: [1, {a: b}]\n",
    "a: 1\nb: c: d\n",
    "a: [1\n",
    "\ufeffa: |\n x\n",
    "a: &x {b: 'c'}\nd: {<<: *x, e: 0o17}\n",
]


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        *(path.read_text("utf-8") for path in sorted(CHARTS.glob("*/values.yaml"))),
    ],
)
def test_the_python_parser_reads_the_same(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = parse_document(text, "v.yaml")
    monkeypatch.setattr(composer, "_Parser", yaml.SafeLoader)
    slow = parse_document(text, "v.yaml")
    assert slow.tree == usual.tree
    assert (slow.error is None) == (usual.error is None)
    for path in usual.tree:
        assert slow.value_span((path,)) == usual.value_span((path,))
