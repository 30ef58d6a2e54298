"""The result of a run: cases, their steps, and the diagnosis of a failed step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, TypeAlias

from helm_llm.masking import clean, clean_line


class Outcome(Enum):
    """How a step ended. The release is the reason for `failed`, but not for `error`."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


StepName: TypeAlias = Literal[
    "lint",
    "simulate",
    "install old",
    "install",
    "upgrade",
    "release",
    "ready",
    "service",
    "helm test",
    "models",
    "key",
    "completion",
    "chat",
    "stream",
]
"""Names of the steps, in the order in which they run; reports contain them."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a step failed: a sentence, the lines that show it, and what to do."""

    cause: str
    """Id of the cause; reports contain it."""
    sentence: str
    lines: tuple[str, ...] = ()
    help: str | None = None
    rule: str | None = None
    """Id of the lint rule that finds the problem before an installation."""
    final: bool = True
    """Whether waiting longer is useless, because a person has to change something."""
    settled: bool = True
    """False if the cluster may still report more, or recover; it gets a minute."""


class Failed(Exception):
    """A step failed. Without a diagnosis, one may follow later, from the cluster."""

    def __init__(self, message: str, diagnosis: Diagnosis | None = None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis


class NoAnswer(Failed):
    """The server could not be reached at all."""


class Skipped(Exception):
    """A step does not apply; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage or check of a case."""

    name: StepName
    outcome: Outcome
    seconds: float
    detail: str = ""
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one release with one set of values."""

    name: str
    release: str
    namespace: str
    values: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its steps."""
        return worst_outcome(step.outcome for step in self.steps)

    @property
    def seconds(self) -> float:
        """Duration of all its steps."""
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class RunResult:
    """The results of all cases of a run."""

    cases: tuple[CaseResult, ...]
    simulated: bool

    @property
    def exit_code(self) -> int:
        """3 after an error outside the releases, 1 if a release failed, else 0."""
        worst = worst_outcome(case.outcome for case in self.cases)
        return {Outcome.ERROR: 3, Outcome.FAILED: 1}.get(worst, 0)

    def count(self, outcome: Outcome) -> int:
        """Return how many cases have an outcome."""
        return sum(case.outcome is outcome for case in self.cases)


# A skipped step says nothing about the release, so a passed one outweighs it.
_WORST_LAST = (Outcome.SKIPPED, Outcome.PASSED, Outcome.FAILED, Outcome.ERROR)


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of several outcomes; it is SKIPPED only if all of them are."""
    return max(outcomes, key=_WORST_LAST.index, default=Outcome.SKIPPED)


def mask_result(result: RunResult) -> RunResult:
    """Return the result without secrets and control characters, ready for reports."""
    return replace(result, cases=tuple(map(_mask_case, result.cases)))


def _mask_case(case: CaseResult) -> CaseResult:
    return replace(
        case,
        name=clean_line(case.name),
        release=clean_line(case.release),
        namespace=clean_line(case.namespace),
        values=tuple(map(clean_line, case.values)),
        steps=tuple(map(_mask_step, case.steps)),
    )


def _mask_step(step: Step) -> Step:
    masked = replace(step, detail=clean(step.detail))
    if masked.diagnosis is None:
        return masked
    return replace(masked, diagnosis=_mask_diagnosis(masked.diagnosis))


def _mask_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return replace(
        diagnosis,
        sentence=clean(diagnosis.sentence),
        lines=tuple(map(clean_line, diagnosis.lines)),
        help=diagnosis.help and clean(diagnosis.help),
    )
