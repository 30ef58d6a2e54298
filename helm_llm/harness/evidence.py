"""What the cluster knows about a release, gathered once, before anything is removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helm_llm import masking
from helm_llm.harness.objects import labels_of, name_of, selects
from helm_llm.harness.workloads import WORKLOADS, workloads_of
from helm_llm.masking.tree import secrets_of_tree
from helm_llm.tools.api import Api
from helm_llm.tools.kubectl import Unanswered
from helm_llm.typed import at, mapping, mappings, number, text

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Objects as the API gives them; `logs` of the container run that failed, by pod and container."""

    release: str = ""
    helm: str = ""
    """What Helm said when it failed."""
    workloads: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    events: Sequence[Object] = ()
    claims: Sequence[Object] = ()
    services: Sequence[Object] = ()
    nodes: Sequence[Object] = ()
    logs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    waited: float = 0.0

    def events_of(self, value: Object, *reasons: str) -> Iterator[str]:
        """Messages of the events about an object with one of these reasons, newest first."""
        for event in self._newest_first():
            if (
                text(event, "involvedObject", "name") == name_of(value)
                and text(event, "reason") in reasons
            ):
                yield _message(event)

    def last_of(
        self, value: Object, reasons: Sequence[str], over: Sequence[str]
    ) -> Iterator[str]:
        """The same without those that came before an event which shows that they are over."""
        end = ""
        for event in self._newest_first():
            if text(event, "involvedObject", "name") == name_of(value):
                end = end or (
                    _last_seen(event) if text(event, "reason") in over else ""
                )
                if text(event, "reason") in reasons and _last_seen(event) >= end:
                    yield _message(event)

    def messages(self, *reasons: str) -> Iterator[tuple[str, str]]:
        """(kind/name, message) of the events with one of these reasons, newest first."""
        for event in self._newest_first():
            if text(event, "reason") in reasons:
                kind, name = (
                    text(event, "involvedObject", "kind"),
                    text(event, "involvedObject", "name"),
                )
                yield f"{kind.lower()}/{name}", _message(event)

    def _newest_first(self) -> Sequence[Object]:
        return sorted(self.events, key=_last_seen, reverse=True)


def _last_seen(event: Object) -> str:
    return (
        text(event, "lastTimestamp")
        or text(event, "eventTime")
        or text(event, "metadata", "creationTimestamp")
    )


_LONGEST = 4096
"""Characters of a message or of a line of a log that are looked at."""


def _message(event: Object) -> str:
    return text(event, "message")[:_LONGEST].strip()


def gather(
    api: Api,
    release: str,
    objects: Sequence[Object],
    *,
    pods: Sequence[Object] = (),
    waited: float = 0.0,
) -> Evidence:
    """Ask the cluster, about these pods or else all of the release; what it does not answer is empty."""
    there = _all(api, objects)
    own = pods or [pod for pod in there["Pod"] if belongs(pod, release, objects)]
    names = {name_of(pod) for pod in own} | {name_of(value) for value in objects}
    claims = set(_claims_of(own))
    masking.learn(lambda: secrets_of_tree(own))
    return Evidence(
        release=release,
        workloads=[_live(value, there) for value in workloads_of(objects)],
        pods=own,
        events=[event for event in there["Event"] if _about(event, names)],
        claims=[
            claim
            for claim in there["PersistentVolumeClaim"]
            if name_of(claim) in claims | names
        ],
        services=[
            service
            for service in there["Service"]
            if name_of(service) in names or _fronts(service, own)
        ],
        nodes=there["Node"],
        logs=dict(_logs(api, own)),
        waited=waited,
    )


_KINDS = "pods", "events", "persistentvolumeclaims", "services", "nodes"


def _all(api: Api, objects: Sequence[Object]) -> Mapping[str, list[Object]]:
    """By kind."""
    by_kind = defaultdict(list)
    for kind in (
        *_KINDS,
        *sorted({WORKLOADS[value["kind"]].resource for value in workloads_of(objects)}),
    ):
        for value in _answered(api, kind):
            by_kind[text(value, "kind")].append(value)
    return by_kind


def _live(value: Object, there: Mapping[str, Sequence[Object]]) -> Object:
    """With its status; as it was rendered when the cluster does not show it."""
    return next(
        (live for live in there[value["kind"]] if name_of(live) == name_of(value)),
        value,
    )


def belongs(pod: Object, release: str, objects: Sequence[Object]) -> bool:
    """Whether a pod is the release's: by its instance label, or by the selector of one of its workloads.

    Test pods are none of it, nor those that go: an old failure says nothing of the server.
    """
    if "helm.sh/hook" in mapping(pod, "metadata", "annotations") or at(
        pod, "metadata", "deletionTimestamp"
    ):
        return False
    if labels_of(pod).get("app.kubernetes.io/instance") == release:
        return True
    return any(
        selects(WORKLOADS[value["kind"]].pod_labels(value), pod)
        for value in workloads_of(objects)
    )


def runs(pod: Object) -> bool:
    """Whether every container of a pod runs, and none has ended before."""
    statuses = mappings(pod, "status", "containerStatuses")
    return bool(statuses) and all(
        mapping(status, "state", "running") and not number(status, "restartCount")
        for status in statuses
    )


def _about(event: Object, names: set[str]) -> bool:
    """Events of an object itself, or of one made for it, whose name it begins with."""
    name = text(event, "involvedObject", "name")
    return name in names or any(
        owner and name.startswith(f"{owner}-") for owner in names
    )


def _claims_of(pods: Sequence[Object]) -> Iterator[str]:
    for pod in pods:
        for volume in mappings(pod, "spec", "volumes"):
            if claim := text(volume, "persistentVolumeClaim", "claimName"):
                yield claim


def _fronts(service: Object, pods: Sequence[Object]) -> bool:
    return any(selects(mapping(service, "spec", "selector"), pod) for pod in pods)


def _logs(api: Api, pods: Sequence[Object]) -> Iterator[tuple[tuple[str, str], str]]:
    """Of each container that has run; of the run before when that one died."""
    for pod in pods:
        before, beside = (
            mappings(pod, "status", key)
            for key in ("initContainerStatuses", "containerStatuses")
        )
        for status in (*before, *beside):
            died = (
                at(status, "lastState", "terminated") is not None
                and at(status, "state", "terminated") is None
            )
            name = text(status, "name")
            if name and (log := api.logs(name_of(pod), name, previous=died)):
                yield (
                    (name_of(pod), name),
                    "\n".join(line[:_LONGEST] for line in log.splitlines()),
                )


def _answered(api: Api, kind: str) -> list[Object]:
    try:
        return api.get(kind)
    except Unanswered:
        return []
