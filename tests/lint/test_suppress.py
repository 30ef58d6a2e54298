"""Which lines a suppression comment covers."""

from helm_llm.document.reader import parse_document
from helm_llm.lint.suppress import suppressions


def covered(text: str) -> list[tuple[str, int, int]]:
    return [
        (one.rule_id, one.first, one.last)
        for one in suppressions(parse_document(text, "v.yaml"))
    ]


def test_at_the_end_of_a_line_it_covers_that_line() -> None:
    assert covered("a: 1\nb: 2  # helm-llm: ignore[schema] why\n") == [("schema", 2, 2)]


def test_alone_it_covers_the_next_key_and_what_is_nested() -> None:
    text = (
        "# helm-llm: ignore[schema]\n\n# another comment\na:\n  b: 1\n\n  c: 2\nd: 3\n"
    )
    assert covered(text) == [("schema", 4, 7)]


def test_a_list_at_its_keys_indentation_is_nested() -> None:
    assert covered("# helm-llm: ignore[schema]\na:\n- 1\n- 2\nb: 3\n") == [
        ("schema", 2, 4)
    ]


def test_above_a_list_item_it_covers_the_item() -> None:
    assert covered(
        "a:\n  # helm-llm: ignore[schema]\n  - n: 1\n    v: 2\n  - n: 3\n"
    ) == [("schema", 3, 4)]


def test_several_ids() -> None:
    assert covered("a: 1  # helm-llm: ignore[schema, unknown-key] why\n") == [
        ("schema", 1, 1),
        ("unknown-key", 1, 1),
    ]


def test_the_whole_file_only_from_its_head() -> None:
    assert covered("# a title\n# helm-llm: ignore-file[schema] why\na: 1\nb: 2\n") == [
        ("schema", 1, 4)
    ]
    assert covered("a: 1\n# helm-llm: ignore-file[schema] too late\nb: 2\n") == [
        ("schema", 0, -1)
    ]


def test_text_that_is_no_comment() -> None:
    assert (
        covered('a: "# helm-llm: ignore[schema]"\nb: |\n  # helm-llm: ignore[schema]\n')
        == []
    )


def test_at_the_end_of_the_file_it_covers_nothing() -> None:
    assert covered("a: 1\n# helm-llm: ignore[schema]\n") == [("schema", 0, -1)]
