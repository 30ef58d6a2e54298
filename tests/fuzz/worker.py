"""A worker process builds, runs and judges cases by their numbers."""

import gc
import os
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from helm_llm import lint
from tests.fuzz import judge, runner
from tests.fuzz.case import Case
from tests.fuzz.judge import Complaint
from tests.fuzz.kinds import case as case_of
from tests.fuzz.minimize import minimize
from tests.fuzz.runner import Outcome
from tests.fuzz.sandbox import Sandbox

_box: Sandbox | None = None


@dataclass(frozen=True)
class Failure:
    """A run with a complaint."""

    number: int
    case: Case
    complaint: Complaint
    outcome: Outcome


@dataclass(frozen=True)
class Checked:
    """The result of one number."""

    number: int
    kind: str
    code: int
    seconds: float
    failures: tuple[Failure, ...]


def start(base: str, helms: dict[str, str]) -> None:
    """Prepare this process, which forks for each case."""
    global _box
    runner.become_reaper()
    _box = Sandbox(Path(base) / str(os.getpid()), helms)
    _box.base.mkdir(parents=True)
    import_all()


def import_all() -> None:
    """Import the modules of lint once, so that no forked run has to."""
    for module in pkgutil.walk_packages(lint.__path__, f"{lint.__name__}."):
        import_module(module.name)
    gc.freeze()


def box() -> Sandbox:
    """This worker's sandbox."""
    assert _box
    return _box


def check(seed: int, numbers: Sequence[int], kind: str) -> list[Checked]:
    """Run the cases of these numbers."""
    return [_check(number, case_of(seed, number, kind)) for number in numbers]


def _check(number: int, case: Case) -> Checked:
    outcome = runner.run(case, box())
    found = judge.complaints(case, outcome)
    failures = tuple(
        Failure(number, case, with_location(case, complaint), outcome)
        for complaint in found
    )
    return Checked(number, case.kind, outcome.code, outcome.seconds, failures)


def with_location(case: Case, complaint: Complaint) -> Complaint:
    """Add the place of an internal error, which only a run with HELM_DEBUG prints."""
    if complaint.sort not in ("exit code 3", "bug in helm-llm"):
        return complaint
    again = runner.run(
        replace(case, environment={**case.environment, "HELM_DEBUG": "true"}), box()
    )
    if "Traceback" not in again.err:
        return complaint
    return Complaint(complaint.sort, judge.location(again.err))


def minimize_failure(failure: Failure) -> Failure:
    """Return the failure with the smallest case that still fails in the same way."""

    def fails(case: Case) -> bool:
        return failure.complaint in _complaints(case)

    case = minimize(failure.case, fails)
    return replace(failure, case=case, outcome=runner.run(case, box()))


def _complaints(case: Case) -> list[Complaint]:
    return [
        with_location(case, complaint)
        for complaint in judge.complaints(case, runner.run(case, box()))
    ]
