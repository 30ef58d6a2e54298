"""JUnit XML: a suite for each case, a test case for each step."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TextIO

from helm_llm.harness.result import CaseResult, Outcome, RunResult, Step
from helm_llm.junit import printable, write

_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
}


def report(result: RunResult, out: TextIO) -> None:
    """Write the run."""
    root = ET.Element("testsuites", name="helm llm test")
    for case in result.cases:
        _suite(root, case)
    write(root, out)


def _suite(root: ET.Element, case: CaseResult) -> None:
    counts = {
        outcome: sum(step.outcome is outcome for step in case.steps)
        for outcome in Outcome
    }
    suite = ET.SubElement(
        root,
        "testsuite",
        name=printable(case.name),
        tests=str(len(case.steps)),
        failures=str(counts[Outcome.FAILED]),
        errors=str(counts[Outcome.ERROR]),
        skipped=str(counts[Outcome.SKIPPED]),
        time=f"{case.seconds:.3f}",
    )
    for step in case.steps:
        _test_case(suite, case, step)


def _test_case(suite: ET.Element, case: CaseResult, step: Step) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        classname=printable(case.name),
        name=step.name,
        time=f"{step.seconds:.3f}",
    )
    if step.outcome in _ELEMENTS:
        diagnosis = step.diagnosis
        message = diagnosis.sentence if diagnosis else step.detail
        inner = ET.SubElement(
            element, _ELEMENTS[step.outcome], message=printable(message)
        )
        if diagnosis:
            inner.text = printable(
                "\n".join([step.detail, *diagnosis.lines, diagnosis.help or ""]).strip()
            )
