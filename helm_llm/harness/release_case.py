"""One case from its first step to its last, with the diagnosis while everything is still there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from helm_llm.errors import HelmLlmError
from helm_llm.harness import release as releases
from helm_llm.harness.artifacts import keep
from helm_llm.harness.causes import UNREACHABLE, diagnose
from helm_llm.harness.context import Site
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.helm_tests import helm_test
from helm_llm.harness.objects import file_name, name_of
from helm_llm.harness.probes import PROBES, Subject
from helm_llm.harness.release import Release
from helm_llm.harness.result import CaseResult, Diagnosis, Failed, NoAnswer, Step
from helm_llm.harness.steps import Steps


@dataclass(slots=True)
class Case:
    """A release under test in one namespace."""

    site: Site
    release: str
    name: str
    done: Callable[[Step], None]
    values: tuple[str, ...] = ()
    seconds: float | None = None
    artifacts: Path | None = None
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(self.done)

    def check(self) -> None:
        """Find the release, wait for it, run its tests and ours."""
        found: list[Release] = []
        if not self.steps.run("release", lambda: self._find(found)):
            return
        release = found[0]
        try:
            if self.steps.run("ready", lambda: release.wait(self.seconds)):
                self._ask(release)
        finally:
            self._keep(release)

    def keep_failed(self) -> None:
        """Keep what there is of a release that could not be installed; Helm keeps nothing where rendering failed."""
        with suppress(Failed, HelmLlmError):
            self._keep(releases.find(self.site, self.release))

    def _keep(self, release: Release) -> None:
        if self.artifacts:
            keep(release, self.artifacts / file_name(self.name))

    def result(self) -> CaseResult:
        """What it came to."""
        return CaseResult(
            self.name,
            self.release,
            self.site.namespace,
            self.values,
            tuple(self.steps.taken),
        )

    def _find(self, found: list[Release]) -> str:
        release = releases.find(self.site, self.release, self.seconds or 60)
        found.append(release)
        return f"{self.release} in {self.site.namespace}, revision {release.revision}"

    def _ask(self, release: Release) -> None:
        """First whether there is any answer, for which the chart's own tests would only wait."""
        run = self.steps.run
        with ExitStack() as stack:
            subjects: list[Subject] = []
            if run("service", lambda: _reached(release, stack, subjects, self.seconds)):
                run("helm test", lambda: helm_test(release))
                for name, probe in PROBES.items():
                    run(name, partial(probe, subjects[0]))


def _reached(
    release: Release, stack: ExitStack, subjects: list[Subject], seconds: float | None
) -> str:
    subject = release.subject()
    stack.enter_context(subject.endpoint)
    subjects.append(subject)
    deadline = Deadline.after(0 if subject.server.probed else release.allowed(seconds))
    return f"{subject.endpoint.entry} answers with status {_first_status(release, subject, deadline)}"


def _first_status(release: Release, subject: Subject, deadline: Deadline) -> int:
    """Of a server without a readiness probe the first answer may take as long as its start."""
    while True:
        try:
            return subject.endpoint.get("/v1/models").status
        except NoAnswer as failed:
            diagnosis = _unreachable(release, subject)
            if diagnosis or deadline.passed:
                raise Failed(str(failed), diagnosis) from failed
        release.site.say(f"waiting for an answer ({deadline.left:.0f} s left)")
        pause(2)


def _unreachable(release: Release, subject: Subject) -> Diagnosis | None:
    evidence = release.watch().evidence()
    asked = [
        service
        for service in evidence.services
        if name_of(service) == subject.endpoint.entry.name
    ]
    return diagnose(replace(evidence, services=asked), UNREACHABLE)
