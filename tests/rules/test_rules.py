"""Every rule against its YAML cases, and what holds for the table as a whole.

A case lies in tests/rules/<rule-id>/<what-it-shows>.yaml. Its first lines may hold directives: `# chart: vllm`,
`# base: layer-below.base.yaml`, `# set: --set a=1`, `# facts: {nodes: 1}`. `# expect: rule-id` marks the line of a
finding; `# expect-elsewhere: rule-id`, on a line of its own, stands for a finding outside the file.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import helm_llm.lint.rules as package
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.lint.engine import Run
from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, renders
from helm_llm.lint.rule import Rule, Severity
from helm_llm.lint.rules import RULES
from helm_llm.lint.target import Target
from helm_llm.option import Option
from helm_llm.tools.helm import Helm

HERE = Path(__file__).parent
CHARTS = HERE.parents[1] / "charts"
BY_ID = {rule.id: rule for rule in RULES}
CASES = sorted(path for path in HERE.glob("*/*.yaml") if not path.name.endswith(".base.yaml"))


def directives(text: str, name: str) -> list[str]:
    return re.findall(rf"^# {name}: (.+)$", text, re.MULTILINE)


def target_of(case: Path, text: str) -> Target:
    (chart,) = directives(text, "chart")
    layers = [str(case.with_name(name)) for name in directives(text, "base")]
    options = tuple(Option(*directive.split(" ", 1)) for directive in directives(text, "set"))
    return Target(str(CHARTS / chart), (*layers, str(case)), options)


def facts_of(text: str) -> Facts:
    (facts,) = map(yaml.safe_load, directives(text, "facts") or ["{}"])
    return Facts(**facts)


def _lint(rule: Rule[Any], target: Target, helm: str, facts: Facts = NO_FACTS) -> tuple[Finding, ...]:
    run = Run(RULES if rule.id == "suppression-unused" else [rule], facts=facts)
    render = None
    if rule.subject == "Manifests":
        (render,) = renders(Helm(helm), [target], RenderOptions(arguments=("--kube-version=1.34.0",)), None)
    run.lint(target, render)
    return tuple(finding for finding in run.report().findings if finding.rule is rule)


def _expected(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        yield from (
            (number, id) for marks in re.findall(r"# expect: ([\w, -]+)$", line) for id in re.split(r", *", marks)
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_a_case_yields_what_it_marks(case: Path, helm3: str) -> None:
    text, rule = case.read_bytes().decode("utf-8", "replace"), BY_ID[case.parent.name]
    findings = _lint(rule, target_of(case, text), helm3, facts_of(text))
    here = Counter((finding.place.line, finding.rule.id) for finding in findings if finding.place.file == str(case))
    elsewhere = Counter(finding.rule.id for finding in findings if finding.place.file != str(case))
    assert here == Counter(_expected(text)), [finding.message for finding in findings]
    assert elsewhere == Counter(directives(text, "expect-elsewhere")), [str(finding.place) for finding in findings]


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


def _examples(rule: Rule[Any], heading: str, directory: Path, helm: str) -> list[Finding]:
    """Findings of a page's examples; several blocks under one heading are layers."""
    section = rule.page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert blocks, f"no YAML under {heading}"
    files = [directory / f"{heading}-{number}.yaml" for number, _ in enumerate(blocks)]
    for file, block in zip(files, blocks, strict=True):
        file.write_text(block, "utf-8")
    target = target_of(files[-1], blocks[0])
    options = tuple(Option(*text.split(" ", 1)) for block in blocks for text in directives(block, "set"))
    return list(_lint(rule, Target(target.chart, tuple(map(str, files)), options), helm, facts_of(blocks[0])))


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


@pytest.mark.parametrize("chart", sorted(path.parent.name for path in CHARTS.glob("*/Chart.yaml")))
def test_a_charts_own_defaults_give_no_error(chart: str) -> None:
    run = Run(RULES)
    run.lint(Target(str(CHARTS / chart)))
    assert [str(f.place) for f in run.report().findings if f.rule.severity is Severity.ERROR] == []
