"""The report for people: what failed and why, after the progress of all steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from helm_llm.harness.result import CaseResult, Diagnosis, Outcome, RunResult, Step

_MAX_WIDTH = 300
_SIMULATED = (
    "Simulated engines: this tests scheduling, arguments, ports, keys and probes, "
    "but not inference."
)


def report(result: RunResult, out: TextIO) -> None:
    """Write the failures and a summary."""
    for case in result.cases:
        for step in case.steps:
            if step.outcome in (Outcome.FAILED, Outcome.ERROR):
                out.write("\n".join(failure_lines(case, step)) + "\n\n")
    if result.simulated:
        out.write(f"{_SIMULATED}\n")
    out.write(f"{_summary(result)}\n")


def failure_lines(case: CaseResult, step: Step) -> Iterator[str]:
    """The lines about a failed step."""
    head = f"{case.name}: {step.name} {step.outcome.value}"
    diagnosis = step.diagnosis
    if diagnosis is None:
        yield f"{head}: {step.detail}"
        return
    yield f"{head}: {diagnosis.sentence} [{diagnosis.cause}]"
    yield f"  {step.detail}"
    yield from _diagnosis_lines(diagnosis)


def _diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    for line in diagnosis.lines:
        yield f"    | {_shorten(line)}"
    if diagnosis.help:
        yield f"  help: {diagnosis.help}"
    rule = diagnosis.rule
    if rule:
        yield f"  `helm llm lint` finds this earlier: {rule} (helm llm rules {rule})"


def _shorten(line: str) -> str:
    return line if len(line) <= _MAX_WIDTH else f"{line[:_MAX_WIDTH]} ..."


def _summary(result: RunResult) -> str:
    present = [outcome for outcome in Outcome if result.count(outcome)]
    counts = [f"{result.count(outcome)} {outcome.value}" for outcome in present]
    cases = len(result.cases)
    plural = "s" if cases != 1 else ""
    return f"{cases} case{plural}: {', '.join(counts) or 'nothing to do'}"


def step_line(case: str, step: Step) -> str:
    """One line about a step that has just ended."""
    head = f"{case}: {step.outcome.value:<7} {step.name} ({step.seconds:.1f} s)"
    return f"{head} {step.detail}".rstrip()
