"""Steps of a case, one after the other, each with its outcome and its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from helm_llm.errors import ToolError
from helm_llm.harness.deadline import check_stopped
from helm_llm.harness.result import Diagnosis, Failed, Outcome, Skipped, Step


@dataclass(slots=True)
class Steps:
    """The steps done so far; `done` tells the user of each."""

    done: Callable[[Step], None]
    taken: list[Step] = field(default_factory=list)

    def run(self, name: str, check: Callable[[], str]) -> bool:
        """Run a check; whether the case may go on."""
        start = time.monotonic()
        outcome, detail, diagnosis = self._outcome(check)
        step = Step(name, outcome, time.monotonic() - start, detail, diagnosis)
        self.taken.append(step)
        self.done(step)
        return outcome in (Outcome.PASSED, Outcome.SKIPPED)

    def _outcome(
        self, check: Callable[[], str]
    ) -> tuple[Outcome, str, Diagnosis | None]:
        try:
            return Outcome.PASSED, check(), None
        except Skipped as skipped:
            return Outcome.SKIPPED, str(skipped), None
        except Failed as failed:
            check_stopped()
            return Outcome.FAILED, str(failed), failed.diagnosis
        except ToolError as error:
            check_stopped()
            return Outcome.ERROR, str(error), None
