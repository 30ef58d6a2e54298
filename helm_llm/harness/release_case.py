"""A case: one release, checked from its first step to its last.

A failed step is diagnosed while everything is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from helm_llm.errors import HelmLlmError
from helm_llm.harness.artifacts import save_artifacts
from helm_llm.harness.causes import UNREACHABLE, diagnose
from helm_llm.harness.context import Context
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.helm_tests import run_helm_tests
from helm_llm.harness.objects import name_of, safe_file_name
from helm_llm.harness.probes import PROBES, Subject
from helm_llm.harness.release import Release, find_release
from helm_llm.harness.result import CaseResult, Diagnosis, Failed, NoAnswer, Step
from helm_llm.harness.steps import Action, Passed, Steps

HELM_SECONDS = 60
"""Default time for Helm to finish an operation on the release."""


@dataclass(slots=True)
class ReleaseCase:
    """A release under test in one namespace."""

    context: Context
    release: str
    name: str
    on_step: Callable[[Step], None]
    values: tuple[str, ...] = ()
    """Names of the values files, for reports."""
    seconds: float | None = None
    """Time limit of the user; None for what the startup probes allow."""
    artifacts: Path | None = None
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(self.on_step)

    def check(self) -> None:
        """Find the release, wait until it is ready, and check its server."""
        release = self.steps.run("release", self._find)
        if release is None:
            return
        try:
            ready = Action("ready", partial(release.wait_until_ready, self.seconds))
            if self.steps.execute(ready):
                self._check_server(release)
        finally:
            self._save(release)

    def save_failed_installation(self) -> None:
        """Save the artifacts of a release that Helm could not install.

        There are none if rendering failed, since Helm then creates no release.
        """
        with suppress(Failed, HelmLlmError):
            self._save(find_release(self.context, self.release))

    def result(self) -> CaseResult:
        """Return the result of the steps so far."""
        return CaseResult(
            self.name,
            self.release,
            self.context.namespace,
            self.values,
            tuple(self.steps.taken),
        )

    def _find(self) -> Passed[Release]:
        seconds = self.seconds or HELM_SECONDS
        release = find_release(self.context, self.release, seconds)
        place = f"{self.release} in {self.context.namespace}"
        return Passed(f"{place}, revision {release.revision}", release)

    def _check_server(self, release: Release) -> None:
        with ExitStack() as stack:
            # The chart's own tests would only wait for a server that never answers,
            # so this step comes before them.
            reach = partial(_reach_server, release, stack, self.seconds)
            subject = self.steps.run("service", reach)
            if subject is None:
                return
            # Each of these checks is useful even after another one failed.
            for action in server_checks(release, subject):
                self.steps.execute(action)

    def _save(self, release: Release) -> None:
        if self.artifacts:
            save_artifacts(release, self.artifacts / safe_file_name(self.name))


def server_checks(release: Release, subject: Subject) -> Iterator[Action]:
    """The checks of a server that answers: the chart's own tests, then ours."""
    yield Action("helm test", partial(run_helm_tests, release))
    for name, probe in PROBES.items():
        yield Action(name, partial(probe, subject))


def _reach_server(
    release: Release, stack: ExitStack, seconds: float | None
) -> Passed[Subject]:
    subject = release.subject()
    stack.enter_context(subject.endpoint)
    # A pod with a readiness probe is ready only once its server answers. Without such
    # a probe the first answer may take as long as the start of the engine.
    limit = 0 if subject.server.is_probed else release.time_limit(seconds)
    status = _first_status(release, subject, Deadline.after(limit))
    return Passed(f"{subject.endpoint.entry} answers with status {status}", subject)


def _first_status(release: Release, subject: Subject, deadline: Deadline) -> int:
    while True:
        try:
            return subject.endpoint.get("/v1/models").status
        except NoAnswer as failed:
            diagnosis = _diagnose_silence(release, subject)
            if diagnosis or deadline.has_passed:
                raise Failed(str(failed), diagnosis) from failed
        release.context.progress(f"waiting for an answer ({deadline.left:.0f} s left)")
        pause(2)


def _diagnose_silence(release: Release, subject: Subject) -> Diagnosis | None:
    evidence = release.watch().evidence()
    service = subject.endpoint.entry.name
    services = [each for each in evidence.services if name_of(each) == service]
    return diagnose(replace(evidence, services=services), UNREACHABLE)
