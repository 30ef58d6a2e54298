"""For people: what failed and why; the steps have been told while they ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from helm_llm.harness.result import CaseResult, Outcome, RunResult, Step

_WIDEST = 300
_SIMULATED = "Simulated engines: this shows scheduling, arguments, ports, keys and probes; nothing about inference."


def report(result: RunResult, out: TextIO) -> None:
    """Write the failures and a summary."""
    for case in result.cases:
        for step in case.steps:
            if step.outcome in (Outcome.FAILED, Outcome.ERROR):
                out.write("\n".join(failure(case, step)) + "\n\n")
    if result.simulated:
        out.write(f"{_SIMULATED}\n")
    out.write(f"{_summary(result)}\n")


def failure(case: CaseResult, step: Step) -> Iterator[str]:
    """The lines about a step that failed."""
    diagnosis = step.diagnosis
    cause = f"{diagnosis.sentence} [{diagnosis.cause}]" if diagnosis else step.detail
    yield f"{case.name}: {step.name} {step.outcome.value}: {cause}"
    if diagnosis:
        yield f"  {step.detail}"
        yield from (f"    | {_cut(line)}" for line in diagnosis.lines)
        if diagnosis.help:
            yield f"  help: {diagnosis.help}"
        if diagnosis.rule:
            yield f"  `helm llm lint` finds this before: {diagnosis.rule} (helm llm rules {diagnosis.rule})"


def _cut(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]} ..."


def _summary(result: RunResult) -> str:
    counts = ((outcome, result.count(outcome)) for outcome in Outcome)
    words = ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count)
    cases = len(result.cases)
    return f"{cases} case{'s' * (cases != 1)}: {words or 'nothing to do'}"


def step_line(case: str, step: Step) -> str:
    """One line for a step that has just ended."""
    return f"{case}: {step.outcome.value:<7} {step.name} ({step.seconds:.1f} s) {step.detail}".rstrip()
