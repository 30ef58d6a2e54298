"""The catalogue in its forms."""

import json
from pathlib import Path

import pytest

from helm_llm.errors import UsageError
from helm_llm.lint.catalogue import as_json, as_markdown, as_text
from helm_llm.lint.rules import RULES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_in_docs_is_fresh() -> None:
    assert (DOCS / "rules.md").read_text("utf-8") == as_markdown(None), (
        "run `make docs`"
    )


def test_every_rule_is_in_each_form() -> None:
    assert all(f"  {rule.id} " in as_text(None) for rule in RULES)
    assert [rule["id"] for rule in json.loads(as_json(None))] == [
        rule.id for rule in RULES
    ]


def test_one_rules_page_is_its_docstring() -> None:
    assert as_text("schema").endswith(
        next(rule.page for rule in RULES if rule.id == "schema") + "\n"
    )


def test_an_unknown_rule_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"did you mean schema\?"):
        as_text("shema")
