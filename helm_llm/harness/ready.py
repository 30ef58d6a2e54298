"""Waiting for the workloads of a release, as long as there is hope."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helm_llm.errors import ToolError
from helm_llm.harness.causes import diagnose
from helm_llm.harness.context import Site
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.evidence import Evidence, belongs, gather, runs
from helm_llm.harness.expected_pods import templates
from helm_llm.harness.objects import name_of, probe_seconds
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.harness.workloads import WORKLOADS, Progress, title, workloads_of
from helm_llm.tools.kubectl import Unanswered
from helm_llm.typed import mapping, mappings, number

Object = Mapping[str, Any]

LOOK = 8
"""Seconds between two looks for a cause."""
PATIENCE = 15
"""Seconds for which a cause that only a person can remove is watched before waiting ends."""
LONG_PATIENCE = 60
"""The same where the cluster may still say more of the cause, or get over it."""
SETTLE = 8
"""Seconds for which a run at its deadline waits for the cause: events and reasons come later than what they explain."""
_A_DAY = 24 * 3600
LOST = 45
"""Seconds without an answer after which the cluster counts as lost."""


class ClusterLost(ToolError):
    """The API server went away."""


def time_allowed(objects: Sequence[Object]) -> float:
    """What the startup probes allow, and two minutes for pulling, scheduling and mounting: five minutes to a day."""
    longest = max([180, *(_budget(template.spec) for template in templates(objects))])
    return min(longest + 120, _A_DAY)


def _budget(spec: Object) -> int:
    containers = mappings(spec, "containers")
    probes = [
        mapping(each, "startupProbe") or mapping(each, "livenessProbe")
        for each in containers
    ]
    return max((probe_seconds(probe) for probe in probes if probe), default=600)


@dataclass(slots=True)
class Watch:
    """One wait for the workloads of a release."""

    site: Site
    release: str
    objects: Sequence[Object]
    started: float = field(default_factory=time.monotonic)
    _answered: float = field(default_factory=time.monotonic)
    _looked: float = 0.0
    _hopeless: tuple[str, float] = ("", 0.0)

    def until_ready(self, seconds: float) -> str:
        """Wait; raises Failed at the deadline, or earlier where waiting is useless."""
        workloads = list(workloads_of(self.objects))
        deadline = Deadline.after(seconds)
        while self._goes_on(workloads, deadline):
            pause(1)
        return (
            ", ".join(title(workload) for workload in workloads)
            or "the release runs no pods"
        )

    def _goes_on(self, workloads: Sequence[Object], deadline: Deadline) -> bool:
        """Whether there is something to wait for; raises Failed where there is and waiting is useless."""
        missing = self._missing(workloads)
        if missing:
            self.site.say(f"{'; '.join(missing)} ({deadline.left:.0f} s left)")
            self._give_up_early("; ".join(missing))
        if deadline.passed and missing != []:
            what = "; ".join(missing or ["no answer"])
            raise Failed(
                f"not ready after {deadline.seconds:.0f} s: {what}",
                self._last_word() if missing else None,
            )
        return missing != []

    def _missing(self, workloads: Sequence[Object]) -> list[str] | None:
        """What is not ready yet; None while the API server does not answer."""
        try:
            found = [line for workload in workloads for line in self._unready(workload)]
        except Unanswered as error:
            if time.monotonic() - self._answered > LOST:
                raise ClusterLost(_lost(self.site, error)) from error
            return None
        self._answered = time.monotonic()
        return found

    def _unready(self, workload: Object) -> Iterator[str]:
        kind = WORKLOADS[workload["kind"]]
        live = self.site.api.find(kind.resource, name_of(workload))
        if live is None:
            yield f"{title(workload)} is not there"
            return
        seen = _generation_behind(live) or kind.progress(live)
        if not seen.done:
            yield f"{title(workload)}: {seen.ready} of {seen.wanted} pods ready{seen.missing and ', ' + seen.missing}"

    def _give_up_early(self, missing: str) -> None:
        now = time.monotonic()
        if now - max(self._looked, self.started) < LOOK:
            return
        self._looked = now
        diagnosis = None if self._all_run() else diagnose(self.evidence())
        cause = diagnosis.cause if diagnosis and diagnosis.final else ""
        if cause != self._hopeless[0]:
            self._hopeless = cause, now
        if (
            diagnosis
            and cause
            and now - self._hopeless[1]
            >= (PATIENCE if diagnosis.settled else LONG_PATIENCE)
        ):
            raise Failed(f"{missing}, and waiting longer changes nothing", diagnosis)

    def _last_word(self) -> Diagnosis | None:
        """The cause at the deadline, also where it is told a moment late."""
        settling = Deadline.after(SETTLE)
        while True:
            diagnosis = diagnose(self.evidence())
            if settling.passed or (diagnosis and diagnosis.settled):
                return diagnosis
            pause(1)

    def _all_run(self) -> bool:
        """Whether every container runs for the first time: then only its probes are to come."""
        try:
            pods = [
                pod
                for pod in self.site.api.get("pods")
                if belongs(pod, self.release, self.objects)
            ]
        except Unanswered:
            return False
        return bool(pods) and all(map(runs, pods))

    def evidence(self) -> Evidence:
        """What the cluster knows now."""
        return gather(
            self.site.api,
            self.release,
            self.objects,
            waited=time.monotonic() - self.started,
        )


def _generation_behind(live: Object) -> Progress | None:
    """A controller that has not looked at the object yet still reports the old state."""
    generation = number(live, "metadata", "generation")
    if number(live, "status", "observedGeneration", default=generation) < generation:
        return Progress(0, 1, "the controller has not seen the change yet")
    return None


def _lost(site: Site, error: Unanswered) -> str:
    where = f"the API server has not answered for {LOST} s: {error}"
    node = f"{site.kind_cluster}-control-plane"
    state = (
        site.tools.docker.state(node)
        if site.kind_cluster and site.tools.docker
        else None
    )
    if state and state.get("Status") != "running":
        return f"the node container {node} {state.get('Status')} with code {state.get('ExitCode')}; {where}"
    return where
