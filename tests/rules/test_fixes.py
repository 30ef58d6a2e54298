"""--fix on the cases of the rules: what it cures is gone, all else is found as before, no second run changes a file."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from helm_llm.lint.fixes.changes import plan_changes
from helm_llm.lint.render import RenderOptions, start_renders
from helm_llm.lint.report import Report
from helm_llm.lint.run import Run
from helm_llm.tools.helm import Helm

from .cases import BY_ID, CASES, facts_of, target_of

WITH_FIXES = ("schema", "setting-without-effect", "text-altered-by-yaml", "unknown-key")


def _report(case: Path) -> Report:
    text = case.read_bytes().decode("utf-8", "replace")
    run = Run([BY_ID[case.parent.name]], facts=facts_of(text))
    run.lint(target_of(case, text))
    return run.report()


def _messages(report: Report, *, fixable: bool) -> Counter[str]:
    return Counter(
        finding.message for finding in report.findings if bool(finding.fixes) == fixable
    )


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.parent.name in WITH_FIXES],
    ids=lambda case: f"{case.parent.name}/{case.stem}",
)
def test_fixing_a_case_leaves_what_has_no_fix(case: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(case.parent, tmp_path / case.parent.name) / case.name
    before = _report(copy)
    changed = plan_changes(before.findings, helm_major=3)
    assert changed.findings == before.fixable
    changed.write()
    after = _report(copy)
    assert after.fixable == 0
    assert _messages(after, fixable=False) == _messages(before, fixable=False)


def test_the_cases_show_fixes_of_each_of_these_rules() -> None:
    fixed = {
        case.parent.name
        for case in CASES
        if case.parent.name in WITH_FIXES and _report(case).fixable
    }
    assert fixed == set(WITH_FIXES)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.parent.name == "setting-without-effect"],
    ids=lambda case: case.stem,
)
def test_what_is_removed_had_no_effect(case: Path, tmp_path: Path, helm3: str) -> None:
    copy = shutil.copytree(case.parent, tmp_path / case.parent.name) / case.name
    before = _rendered(copy, helm3)
    plan_changes(_report(copy).findings, helm_major=3).write()
    assert _rendered(copy, helm3) == before


def _rendered(case: Path, helm: str) -> str:
    options = RenderOptions(arguments=("--kube-version=1.34.0",))
    (render,) = start_renders(
        Helm(helm), [target_of(case, case.read_text("utf-8"))], options
    )
    done = render.result()
    assert done.code == 0, done.stderr
    return done.stdout
