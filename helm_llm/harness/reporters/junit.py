"""The JUnit XML report: a suite for each case, a test case for each step."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TextIO

from helm_llm.harness.result import CaseResult, Diagnosis, Outcome, RunResult, Step
from helm_llm.junit import printable, write_xml

_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
}


def report(result: RunResult, out: TextIO) -> None:
    """Write the report of a run."""
    root = ET.Element("testsuites", name="helm llm test")
    for case in result.cases:
        _add_suite(root, case)
    write_xml(root, out)


def _add_suite(root: ET.Element, case: CaseResult) -> None:
    outcomes = [step.outcome for step in case.steps]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=printable(case.name),
        tests=str(len(outcomes)),
        failures=str(outcomes.count(Outcome.FAILED)),
        errors=str(outcomes.count(Outcome.ERROR)),
        skipped=str(outcomes.count(Outcome.SKIPPED)),
        time=f"{case.seconds:.3f}",
    )
    for step in case.steps:
        _add_test_case(suite, case, step)


def _add_test_case(suite: ET.Element, case: CaseResult, step: Step) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        classname=printable(case.name),
        name=step.name,
        time=f"{step.seconds:.3f}",
    )
    tag = _ELEMENTS.get(step.outcome)
    if tag is None:
        return
    diagnosis = step.diagnosis
    # Most viewers show the message in a list and the text on a page of its own.
    message = diagnosis.sentence if diagnosis else step.detail
    child = ET.SubElement(element, tag, message=printable(message))
    if diagnosis:
        child.text = printable(_body(step, diagnosis))


def _body(step: Step, diagnosis: Diagnosis) -> str:
    lines = [step.detail, *diagnosis.lines, diagnosis.help or ""]
    return "\n".join(lines).strip()
