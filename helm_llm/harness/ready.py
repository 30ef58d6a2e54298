"""Waiting for the workloads of a release, as long as waiting can help."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from helm_llm.errors import ToolError
from helm_llm.harness.causes import diagnose
from helm_llm.harness.context import Context
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.expected_pods import expected_pods
from helm_llm.harness.gather import gather
from helm_llm.harness.objects import name_of, probe_seconds
from helm_llm.harness.own_pods import belongs_to, is_running
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.harness.workloads import WORKLOADS, Progress, title, workloads_of
from helm_llm.tools.kubectl import Unanswered
from helm_llm.typed import Object, mapping, mappings, number

LOOK_SECONDS = 8
"""Time between two attempts to find a cause."""
PATIENCE_SECONDS = 15
"""How long a cause that only a person can remove must persist to end the waiting."""
LONG_PATIENCE_SECONDS = 60
"""The same for a cause that may not be the last word: see `Diagnosis.settled`."""
SETTLE_SECONDS = 8
"""How long a wait that reached its deadline looks for the cause.

Events and reasons arrive later than the problems they explain.
"""
LOST_SECONDS = 45
"""Time without an answer after which the cluster counts as lost."""

_DAY = 24 * 3600
_MIN_STARTUP_SECONDS = 180
_UNPROBED_SECONDS = 600
_SCHEDULING_SECONDS = 120


class ClusterLost(ToolError):
    """The API server stopped answering."""


def default_time_limit(objects: Sequence[Object]) -> float:
    """Seconds that the pods may take to start, between five minutes and a day.

    This is what the startup probes allow, and two minutes for pulling images,
    scheduling and mounting volumes.
    """
    longest = _MIN_STARTUP_SECONDS
    for pods in expected_pods(objects):
        longest = max(longest, _startup_seconds(pods.spec))
    return min(longest + _SCHEDULING_SECONDS, _DAY)


def _startup_seconds(spec: Object) -> int:
    seconds: list[int] = []
    for container in mappings(spec, "containers"):
        # A liveness probe begins only after the startup probe has succeeded.
        probe = mapping(container, "startupProbe") or mapping(
            container, "livenessProbe"
        )
        if probe:
            seconds.append(probe_seconds(probe))
    return max(seconds, default=_UNPROBED_SECONDS)


@dataclass(slots=True)
class Watch:
    """One wait for the workloads of a release."""

    context: Context
    release: str
    objects: Sequence[Object]
    started: float = field(default_factory=time.monotonic)
    _answered: float = field(default_factory=time.monotonic)
    """Time of the last answer of the API server."""
    _looked: float = 0.0
    """Time of the last attempt to find a cause."""
    _final_cause: str = ""
    """The cause of the last diagnosis, if only a person can remove it."""
    _final_since: float = 0.0

    def until_ready(self, seconds: float) -> str:
        """Wait until the workloads are ready; return their names.

        Raises Failed at the deadline, or earlier if waiting is useless.
        """
        workloads = list(workloads_of(self.objects))
        deadline = Deadline.after(seconds)
        while not self._is_ready(workloads, deadline):
            pause(1)
        titles = ", ".join(map(title, workloads))
        return titles or "the release runs no pods"

    def _is_ready(self, workloads: Sequence[Object], deadline: Deadline) -> bool:
        missing = self._missing(workloads)
        if missing == "":
            return True
        if missing:
            self.context.progress(f"{missing} ({deadline.left:.0f} s left)")
            self._give_up_early(missing)
        if deadline.has_passed:
            # A cluster that does not answer cannot be diagnosed either.
            diagnosis = self._diagnose_at_deadline() if missing else None
            reason = missing or "no answer"
            raise Failed(
                f"not ready after {deadline.seconds:.0f} s: {reason}", diagnosis
            )
        return False

    def _missing(self, workloads: Sequence[Object]) -> str | None:
        """What is not ready yet; None while the API server does not answer."""
        missing: list[str] = []
        try:
            for workload in workloads:
                missing += self._unready(workload)
        except Unanswered as error:
            # A busy API server misses some answers.
            if time.monotonic() - self._answered > LOST_SECONDS:
                raise ClusterLost(_describe_loss(self.context, error)) from error
            return None
        self._answered = time.monotonic()
        return "; ".join(missing)

    def _unready(self, workload: Object) -> Iterator[str]:
        kind = WORKLOADS[workload["kind"]]
        live = self.context.api.find(kind.resource, name_of(workload))
        if live is None:
            yield f"{title(workload)} does not exist"
            return
        progress = _unseen_change(live) or kind.progress(live)
        if not progress.is_done:
            yield f"{title(workload)}: {progress}"

    def _give_up_early(self, missing: str) -> None:
        now = time.monotonic()
        if now - max(self._looked, self.started) < LOOK_SECONDS:
            return
        self._looked = now
        # Collecting evidence takes several requests; healthy pods need none of it.
        diagnosis = None if self._all_run() else diagnose(self.evidence())
        if diagnosis is None or not diagnosis.final:
            self._final_cause = ""
            return
        if diagnosis.cause != self._final_cause:
            self._final_cause, self._final_since = diagnosis.cause, now
        patience = PATIENCE_SECONDS if diagnosis.settled else LONG_PATIENCE_SECONDS
        if now - self._final_since >= patience:
            raise Failed(f"{missing}, and waiting longer is useless", diagnosis)

    def _diagnose_at_deadline(self) -> Diagnosis | None:
        settling = Deadline.after(SETTLE_SECONDS)
        while True:
            diagnosis = diagnose(self.evidence())
            if settling.has_passed or (diagnosis and diagnosis.settled):
                return diagnosis
            pause(1)

    def _all_run(self) -> bool:
        """Whether all containers run without a restart: only their probes are left."""
        try:
            pods = self.context.api.get("pods")
        except Unanswered:
            return False
        own = [pod for pod in pods if belongs_to(pod, self.release, self.objects)]
        return bool(own) and all(map(is_running, own))

    def evidence(self) -> Evidence:
        """Collect the current state of the release from the cluster."""
        waited = time.monotonic() - self.started
        return gather(self.context.api, self.release, self.objects, waited=waited)


def _unseen_change(live: Object) -> Progress | None:
    """Progress of an object whose status is still that of an older generation."""
    # Not every controller reports a generation.
    generation = number(live, "metadata", "generation")
    if number(live, "status", "observedGeneration", default=generation) < generation:
        return Progress(0, 1, "the controller has not processed the change yet")
    return None


def _describe_loss(context: Context, error: Unanswered) -> str:
    loss = f"the API server has not answered for {LOST_SECONDS} s: {error}"
    if not context.kind_cluster or not context.tools.docker:
        return loss
    node = f"{context.kind_cluster}-control-plane"
    state = context.tools.docker.state(node)
    if not state or state.get("Status") == "running":
        return loss
    status, code = state.get("Status"), state.get("ExitCode")
    return f"the node container {node} {status} with code {code}; {loss}"
