"""Every rule against its YAML cases, and what holds for the table as a whole.

A case lies in tests/rules/<rule-id>/<what-it-shows>.yaml. Its first lines may hold directives: `# chart: vllm`,
`# base: layer-below.base.yaml`, `# set: --set a=1`, `# facts: {nodes: 1}`. `# expect: rule-id` marks the line of a
finding; `# expect-elsewhere: rule-id`, on a line of its own, stands for a finding outside the file.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import helm_llm.lint.rules as package
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, start_renders
from helm_llm.lint.rule import Rule, Severity, Subject
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.targets.target import Target
from helm_llm.tools.helm import Helm
from tests.rules.cases import (
    BY_ID,
    CASES,
    CHARTS,
    blocks,
    directives,
    example,
    expected,
    facts_of,
    target_of,
    text_of,
)


def _lint(
    rule: Rule[Any], target: Target, helm: str, facts: Facts = NO_FACTS
) -> tuple[Finding, ...]:
    run = Run(RULES if rule.id == "suppression-unused" else [rule], facts=facts)
    render = None
    if rule.subject is Subject.MANIFESTS:
        (render,) = start_renders(
            Helm(helm), [target], RenderOptions(arguments=("--kube-version=1.34.0",))
        )
    run.lint(target, render)
    return tuple(finding for finding in run.report().findings if finding.rule is rule)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}"
)
def test_a_case_yields_what_it_marks(case: Path, helm3: str) -> None:
    text, rule = text_of(case), BY_ID[case.parent.name]
    findings = _lint(rule, target_of(case, text), helm3, facts_of(text))
    here = Counter(
        (finding.place.line, finding.rule.id)
        for finding in findings
        if finding.place.file == str(case)
    )
    elsewhere = Counter(
        finding.rule.id for finding in findings if finding.place.file != str(case)
    )
    assert here == Counter(expected(text)), [finding.message for finding in findings]
    assert elsewhere == Counter(directives(text, "expect-elsewhere")), [
        str(finding.place) for finding in findings
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestEveryRule:
    def test_has_bad_and_good_cases(self, rule: Rule[Any]) -> None:
        texts = [case.read_bytes() for case in CASES if case.parent.name == rule.id]
        bad = [text for text in texts if b"# expect" in text]
        assert len(bad) >= 2, "two cases that it finds"
        assert len(texts) - len(bad) >= 2, "two cases near them that it does not"

    def test_is_named_as_its_module(self, rule: Rule[Any]) -> None:
        module = rule.check.__module__.rpartition(".")[2]
        assert module == rule.check.__name__ == rule.id.replace("-", "_")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)

    def test_has_a_page(self, rule: Rule[Any]) -> None:
        assert rule.title.endswith(".")
        for heading in ("## Why", "## Bad", "## Good"):
            assert f"\n{heading}\n" in rule.page

    def test_its_bad_example_is_found_and_its_good_one_is_not(
        self, rule: Rule[Any], tmp_path: Path, helm3: str
    ) -> None:
        assert _examples(rule, "Bad", tmp_path, helm3)
        assert not _examples(rule, "Good", tmp_path, helm3)


def _examples(
    rule: Rule[Any], heading: str, directory: Path, helm: str
) -> list[Finding]:
    """Findings of a page's examples."""
    return list(
        _lint(
            rule,
            example(rule, heading, directory),
            helm,
            facts_of(blocks(rule, heading)[0]),
        )
    )


def test_the_table_is_sorted_and_has_no_name_twice() -> None:
    assert list(RULES) == sorted(RULES, key=lambda rule: (rule.area, rule.id))
    assert len(BY_ID) == len(RULES)
    assert not {rule.area for rule in RULES} & set(BY_ID), "an area is no id"


def test_every_directory_of_cases_belongs_to_a_rule() -> None:
    assert {case.parent.name for case in CASES} == set(BY_ID)


def test_every_rule_module_is_in_the_table() -> None:
    modules = Path(package.__file__).parent.glob("*/*.py")
    rules = {path.stem for path in modules if "@rule(" in path.read_text("utf-8")}
    assert rules == {rule.check.__name__ for rule in RULES}


@pytest.mark.parametrize(
    "chart", sorted(path.parent.name for path in CHARTS.glob("*/Chart.yaml"))
)
def test_a_charts_own_defaults_give_no_error(chart: str) -> None:
    run = Run(RULES)
    run.lint(Target(str(CHARTS / chart)))
    assert [
        str(f.place) for f in run.report().findings if f.rule.severity is Severity.ERROR
    ] == []
