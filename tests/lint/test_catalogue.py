"""The catalogue in its forms."""

import json
import re
from pathlib import Path

import pytest

from helm_llm.errors import UsageError
from helm_llm.lint.catalogue import as_json, as_markdown, as_text
from helm_llm.lint.rule import AnyRule
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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_is_the_docstring_of_its_rule(rule: AnyRule) -> None:
    head, _, page = as_text(rule.id).partition("\n\n")
    assert head.startswith(rule.id)
    assert page.split() == rule.page.split()
    assert _examples(page) == _examples(rule.page)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_text_of_a_page_fits_a_terminal(rule: AnyRule) -> None:
    text = re.sub(EXAMPLE, "", as_text(rule.id))
    assert [line for line in text.splitlines() if len(line) > 80] == []


EXAMPLE = re.compile(r"```.*?```", re.DOTALL)


def _examples(page: str) -> list[str]:
    return EXAMPLE.findall(page)


def test_an_unknown_rule_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"did you mean schema\?"):
        as_text("shema")
