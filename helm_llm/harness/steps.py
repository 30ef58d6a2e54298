"""The steps of a case, one after the other, each with its outcome and duration."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from helm_llm.errors import ToolError
from helm_llm.harness.deadline import check_stopped
from helm_llm.harness.result import (
    Diagnosis,
    Failed,
    Outcome,
    Skipped,
    Step,
    StepName,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Passed(Generic[T]):
    """A step that passed: the detail for the report, and the value for later steps."""

    detail: str
    value: T


class Action(NamedTuple):
    """A named step whose only result is the detail for the report."""

    name: StepName
    execute: Callable[[], str]
    """Raises Failed, Skipped or ToolError if the step does not pass."""


@dataclass(slots=True)
class Steps:
    """The steps of a case so far; `on_step` receives each of them as it ends."""

    on_step: Callable[[Step], None]
    taken: list[Step] = field(default_factory=list)

    def run(self, name: StepName, step: Callable[[], Passed[T]]) -> T | None:
        """Run a step and return its value, or None if it failed or was skipped."""
        start = time.monotonic()
        outcome, detail = Outcome.PASSED, ""
        diagnosis: Diagnosis | None = None
        value: T | None = None
        try:
            passed = step()
            detail, value = passed.detail, passed.value
        except Skipped as skipped:
            outcome, detail = Outcome.SKIPPED, str(skipped)
        except Failed as failed:
            # When a run is interrupted, its programs are ended and seem to fail.
            check_stopped()
            outcome, detail = Outcome.FAILED, str(failed)
            diagnosis = failed.diagnosis
        except ToolError as error:
            check_stopped()
            outcome, detail = Outcome.ERROR, str(error)
        seconds = time.monotonic() - start
        self._record(Step(name, outcome, seconds, detail, diagnosis))
        return value

    def execute(self, action: Action) -> bool:
        """Run a step without a value; return whether it passed or was skipped."""
        self.run(action.name, lambda: Passed(action.execute(), None))
        return self.taken[-1].outcome in (Outcome.PASSED, Outcome.SKIPPED)

    def _record(self, step: Step) -> None:
        self.taken.append(step)
        self.on_step(step)
