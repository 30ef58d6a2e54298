"""What a run found: a case is steps, a failed step has a diagnosis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from helm_llm.masking import clean, clean_line


class Outcome(Enum):
    """How a step ended: `failed` is the release's doing, `error` is not."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The cause in one sentence, the lines that show it, what to do, the lint rule that says it before."""

    cause: str
    sentence: str
    lines: tuple[str, ...] = ()
    help: str | None = None
    rule: str | None = None
    final: bool = True
    """Whether waiting longer is useless: a person has to change something."""
    settled: bool = True
    """False where the cluster may still say more, or may get over it: it gets a minute for that."""


class Failed(Exception):
    """A step failed; the diagnosis may come later, from the cluster."""

    def __init__(self, message: str, diagnosis: Diagnosis | None = None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis


class NoAnswer(Failed):
    """The server could not be reached at all."""


class Skipped(Exception):
    """A step does not apply; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage or check of a case."""

    name: str
    outcome: Outcome
    seconds: float
    detail: str = ""
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One release with one set of values."""

    name: str
    release: str
    namespace: str
    values: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of its steps."""
        return worst(step.outcome for step in self.steps)

    @property
    def seconds(self) -> float:
        """What its steps took together."""
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class RunResult:
    """All cases of a run."""

    cases: tuple[CaseResult, ...]
    simulated: bool

    @property
    def exit_code(self) -> int:
        """3 if something outside the release broke, 1 if a release failed, else 0."""
        return {Outcome.ERROR: 3, Outcome.FAILED: 1}.get(
            worst(case.outcome for case in self.cases), 0
        )

    def count(self, outcome: Outcome) -> int:
        """How many cases ended so."""
        return sum(case.outcome is outcome for case in self.cases)


def shown(result: RunResult) -> RunResult:
    """The run as it may leave: no secret and no control character in any of its texts."""
    return replace(result, cases=tuple(map(_shown_case, result.cases)))


def _shown_case(case: CaseResult) -> CaseResult:
    return replace(
        case,
        name=clean_line(case.name),
        release=clean_line(case.release),
        namespace=clean_line(case.namespace),
        values=tuple(map(clean_line, case.values)),
        steps=tuple(map(_shown_step, case.steps)),
    )


def _shown_step(step: Step) -> Step:
    diagnosis = step.diagnosis and _shown_diagnosis(step.diagnosis)
    return replace(step, detail=clean(step.detail), diagnosis=diagnosis)


def _shown_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return replace(
        diagnosis,
        sentence=clean(diagnosis.sentence),
        lines=tuple(map(clean_line, diagnosis.lines)),
        help=diagnosis.help and clean(diagnosis.help),
    )


_WORST_LAST = (Outcome.SKIPPED, Outcome.PASSED, Outcome.FAILED, Outcome.ERROR)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes; all skipped is skipped."""
    return max(outcomes, key=_WORST_LAST.index, default=Outcome.SKIPPED)
