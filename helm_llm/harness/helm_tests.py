"""`helm test`: the chart's own test pods, and what they printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helm_llm.harness.causes import diagnose
from helm_llm.harness.context import Site
from helm_llm.harness.evidence import gather
from helm_llm.harness.objects import name_of
from helm_llm.harness.release import Release
from helm_llm.harness.result import Diagnosis, Failed, Skipped
from helm_llm.typed import mappings, number, text

Object = Mapping[str, Any]

_SECONDS = 300
_LONGEST = 24 * 3600
"""Seconds: a chart may say any number, and Helm is to be waited for."""


def test_hooks(release: Release) -> tuple[Object, ...]:
    """The test pods among the hooks of a release."""
    return tuple(hook for hook in release.hooks if _is_test(hook))


def _is_test(hook: Object) -> bool:
    kinds = text(hook, "metadata", "annotations", "helm.sh/hook").split(",")
    return any(kind.strip() in ("test", "test-success") for kind in kinds)


def helm_test(release: Release) -> str:
    """Run the tests of a release; a failure shows the end of the failed pod's log."""
    site, tests = release.site, test_hooks(release)
    if not tests:
        raise Skipped("the chart has no tests")
    site.say(f"helm test: {', '.join(name_of(test) for test in tests)}")
    completed = site.releases.test(release.name, _allowed(tests))
    if completed.code:
        raise Failed(
            "helm test failed", _failure(site, release.name, tests, completed.stderr)
        )
    return ", ".join(name_of(test) for test in tests)


def _allowed(tests: Sequence[Object]) -> float:
    limits = (number(test, "spec", "activeDeadlineSeconds") for test in tests)
    return min(max([_SECONDS, *(limit + 60 for limit in limits)]), _LONGEST)


def logs(release: Release) -> Iterator[tuple[str, str]]:
    """(test pod, what it printed)."""
    for test in test_hooks(release):
        for container in mappings(test, "spec", "containers"):
            if log := release.site.api.logs(name_of(test), text(container, "name")):
                yield name_of(test), log


def _failure(
    site: Site, release: str, tests: Sequence[Object], stderr: str
) -> Diagnosis:
    for test in tests:
        pod = (
            site.api.find("pods", name_of(test)) if test.get("kind") == "Pod" else None
        )
        phase = text(pod, "status", "phase")
        if pod and phase == "Failed":
            return _from_log(site, pod)
        if pod and phase == "Pending":
            found = diagnose(gather(site.api, release, (), pods=[pod]))
            return found or Diagnosis(
                "test-pending",
                f"test pod {name_of(pod)} never started",
                (_last(stderr),),
            )
        if pod and phase == "Running":
            return _from_log(site, pod)
    return Diagnosis("test-failed", "helm test failed", (_last(stderr),))


def _from_log(site: Site, pod: Object) -> Diagnosis:
    statuses = mappings(pod, "status", "containerStatuses")
    failed = (
        status
        for status in statuses
        if number(status, "state", "terminated", "exitCode")
    )
    status = next(failed, next(iter(statuses), {}))
    log = site.api.logs(name_of(pod), text(status, "name")) if status else ""
    lines = tuple(line for line in log.splitlines() if line.strip())[-8:]
    code = number(status, "state", "terminated", "exitCode")
    late = not code or text(pod, "status", "reason") == "DeadlineExceeded"
    ended = "did not end in time" if late else f"failed with exit code {code}"
    return Diagnosis("test-failed", f"test pod {name_of(pod)} {ended}", lines)


def _last(stderr: str) -> str:
    return (stderr.strip().splitlines() or ["helm said nothing"])[-1]
