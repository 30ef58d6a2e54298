"""`helm test`: the chart's own test pods, and the logs of those that fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_llm.harness.causes import diagnose
from helm_llm.harness.context import Context
from helm_llm.harness.gather import gather
from helm_llm.harness.objects import name_of
from helm_llm.harness.release import Release
from helm_llm.harness.result import Diagnosis, Failed, Skipped
from helm_llm.typed import Object, mappings, number, text

_SECONDS = 300
_MAX_SECONDS = 24 * 3600
"""A chart may set any deadline, and Helm waits for the test pods."""
_LOG_LINES = 8


def find_tests(release: Release) -> tuple[Object, ...]:
    """Return the test pods among the hooks of a release."""
    return tuple(hook for hook in release.hooks if _is_test(hook))


def _is_test(hook: Object) -> bool:
    # `test-success` is the name of this hook in Helm 2.
    kinds = text(hook, "metadata", "annotations", "helm.sh/hook").split(",")
    return any(kind.strip() in ("test", "test-success") for kind in kinds)


def run_helm_tests(release: Release) -> str:
    """Run the tests of a release; Failed has the end of the log of the failed pod."""
    context, tests = release.context, find_tests(release)
    if not tests:
        raise Skipped("the chart has no tests")
    names = ", ".join(map(name_of, tests))
    context.progress(f"helm test: {names}")
    completed = context.releases.test(release.name, _time_limit(tests))
    if completed.code:
        diagnosis = _diagnose(context, release.name, tests, completed.stderr)
        raise Failed("helm test failed", diagnosis)
    return names


def _time_limit(tests: Sequence[Object]) -> float:
    limit = _SECONDS
    # Helm has one time limit, and each test pod may have its own.
    for test in tests:
        limit = max(limit, number(test, "spec", "activeDeadlineSeconds") + 60)
    return min(limit, _MAX_SECONDS)


def test_logs(release: Release) -> Iterator[tuple[str, str]]:
    """(test pod, log) for each container of the test pods."""
    for test in find_tests(release):
        for container in mappings(test, "spec", "containers"):
            name = text(container, "name")
            if log := release.context.api.logs(name_of(test), name):
                yield name_of(test), log


def _diagnose(
    context: Context, release: str, tests: Sequence[Object], stderr: str
) -> Diagnosis:
    for test in tests:
        pod = None
        if test.get("kind") == "Pod":
            pod = context.api.find("pods", name_of(test))
        if pod is None:
            continue
        phase = text(pod, "status", "phase")
        # A pod that is still running has exceeded the time limit.
        if phase in ("Failed", "Running"):
            return _diagnose_log(context, pod)
        if phase == "Pending":
            return _diagnose_start(context, release, pod, stderr)
    return Diagnosis("test-failed", "helm test failed", (_last_line(stderr),))


def _diagnose_start(
    context: Context, release: str, pod: Object, stderr: str
) -> Diagnosis:
    diagnosis = diagnose(gather(context.api, release, (), pods=[pod]))
    if diagnosis:
        return diagnosis
    sentence = f"test pod {name_of(pod)} never started"
    return Diagnosis("test-pending", sentence, (_last_line(stderr),))


def _diagnose_log(context: Context, pod: Object) -> Diagnosis:
    status = _failed_container(pod)
    log = ""
    if status:
        log = context.api.logs(name_of(pod), text(status, "name"))
    lines = [line for line in log.splitlines() if line.strip()]
    code = number(status, "state", "terminated", "exitCode")
    # Kubernetes kills the containers at the deadline of a pod.
    if not code or text(pod, "status", "reason") == "DeadlineExceeded":
        end = "did not end in time"
    else:
        end = f"failed with exit code {code}"
    sentence = f"test pod {name_of(pod)} {end}"
    return Diagnosis("test-failed", sentence, tuple(lines[-_LOG_LINES:]))


def _failed_container(pod: Object) -> Object:
    """Status of the first container that failed, else of the first container."""
    statuses = mappings(pod, "status", "containerStatuses")
    for status in statuses:
        if number(status, "state", "terminated", "exitCode"):
            return status
    return statuses[0] if statuses else {}


def _last_line(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return lines[-1] if lines else "helm printed nothing"
