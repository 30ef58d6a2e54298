"""The JSON report: one object, version 1. A version never loses keys."""

from __future__ import annotations

import json
from typing import TextIO

from helm_llm import __version__
from helm_llm.harness.result import CaseResult, Diagnosis, Outcome, RunResult, Step

VERSION = 1


def report(result: RunResult, out: TextIO) -> None:
    """Write the report of a run."""
    body = {
        "version": VERSION,
        "tool": {"name": "helm-llm", "version": __version__},
        "simulated": result.simulated,
        "cases": [_case(case) for case in result.cases],
        "summary": {outcome.value: result.count(outcome) for outcome in Outcome},
    }
    json.dump(body, out, indent=2)
    out.write("\n")


def _case(case: CaseResult) -> dict[str, object]:
    return {
        "name": case.name,
        "release": case.release,
        "namespace": case.namespace,
        "values": list(case.values),
        "outcome": case.outcome.value,
        "seconds": round(case.seconds, 3),
        "steps": [_step(step) for step in case.steps],
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "name": step.name,
        "outcome": step.outcome.value,
        "seconds": round(step.seconds, 3),
        "detail": step.detail,
        "diagnosis": _diagnosis(step.diagnosis) if step.diagnosis else None,
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "cause": diagnosis.cause,
        "sentence": diagnosis.sentence,
        "lines": list(diagnosis.lines),
        "help": diagnosis.help,
        "rule": diagnosis.rule,
    }
