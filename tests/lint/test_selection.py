"""--select and --ignore."""

import pytest

from helm_llm.errors import UsageError
from helm_llm.lint.rules import RULES
from helm_llm.lint.selection import select_rules

ALWAYS = {rule.id for rule in RULES if rule.always}


def ids(select: list[str], ignore: list[str]) -> set[str]:
    return {rule.id for rule in select_rules(RULES, select, ignore)} - ALWAYS


ALL = {rule.id for rule in RULES} - ALWAYS
STORAGE = {rule.id for rule in RULES if rule.area == "storage"}
GPU = {rule.id for rule in RULES if rule.id.startswith("gpu-")}


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ([], [], ALL),
        (["storage"], [], STORAGE),
        (["storage,gpu-*"], [], STORAGE | GPU),
        ([], ["storage"], ALL - STORAGE),
        (["schema"], ["values"], {"schema"}),
        (
            ["values"],
            ["schema"],
            {rule.id for rule in RULES if rule.area == "values"} - ALWAYS - {"schema"},
        ),
        (["gpu-*"], ["gpu"], GPU),
        (["storage", "gpu-*"], ["storage"], GPU),
    ],
    ids=[
        "all",
        "area",
        "list",
        "ignored-area",
        "id-beats-area",
        "ignored-id",
        "prefix-beats-area",
        "tie-ignores",
    ],
)
def test_the_more_exact_selector_wins(
    select: list[str], ignore: list[str], expected: set[str]
) -> None:
    assert ids(select, ignore) == expected


@pytest.mark.parametrize("words", ["", ",", " ", ",,", " , "])
@pytest.mark.parametrize("flag", ["select", "ignore"])
def test_a_selector_that_names_nothing_is_refused(flag: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"--{flag} '{words}' names no rule"):
        select_rules(
            RULES,
            [words] if flag == "select" else [],
            [words] if flag == "ignore" else [],
        )


@pytest.mark.parametrize(
    "selection",
    [(["storage"], ["storage"]), ([], sorted({rule.area for rule in RULES}))],
)
def test_at_least_one_rule_is_selected(selection: tuple[list[str], list[str]]) -> None:
    with pytest.raises(UsageError, match="no rule is left to run"):
        select_rules(RULES, *selection)


def test_what_always_runs_can_be_all_that_runs() -> None:
    assert {rule.id for rule in select_rules(RULES, ["template-failed"], [])} == ALWAYS


def test_what_makes_values_unreadable_always_runs() -> None:
    assert {
        rule.id for rule in select_rules(RULES, ["storage"], ["values", "manifests"])
    } >= ALWAYS


def test_an_unknown_selector_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"'storag', did you mean storage\?"):
        select_rules(RULES, [], ["storag"])
