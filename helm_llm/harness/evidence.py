"""Evidence: what the cluster knows about a release, collected before its removal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from helm_llm import masking
from helm_llm.harness.objects import labels_of, name_of, selects
from helm_llm.harness.workloads import WORKLOADS, workloads_of
from helm_llm.masking.tree import secrets_of_tree
from helm_llm.tools.api import Api
from helm_llm.tools.kubectl import Unanswered
from helm_llm.typed import Object, at, mapping, mappings, number, text

Logs: TypeAlias = Mapping[tuple[str, str], str]
"""Logs by pod and container."""

_MAX_LINE = 4096
"""Characters of a message, or of a line of a log, that are used."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Objects of a release as the API returns them, logs, and the output of Helm."""

    release: str = ""
    helm: str = ""
    """What Helm printed when it failed."""
    workloads: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    events: Sequence[Object] = ()
    claims: Sequence[Object] = ()
    services: Sequence[Object] = ()
    nodes: Sequence[Object] = ()
    logs: Logs = field(default_factory=dict)
    """Those of the previous run if that one failed."""
    waited: float = 0.0
    """Seconds since the wait for the release began."""

    def events_of(self, value: Object, *reasons: str) -> Iterator[str]:
        """Messages of the events of an object with these reasons, newest first."""
        for event in self._newest_first():
            if _is_about(event, value) and text(event, "reason") in reasons:
                yield _message(event)

    def current_events_of(
        self, value: Object, reasons: Sequence[str], resolved_by: Sequence[str]
    ) -> Iterator[str]:
        """The same, without events older than one that shows the problem is over."""
        resolved = ""
        for event in self._newest_first():
            if not _is_about(event, value):
                continue
            reason, seen = text(event, "reason"), _last_seen(event)
            if not resolved and reason in resolved_by:
                resolved = seen
            if reason in reasons and seen >= resolved:
                yield _message(event)

    def messages(self, *reasons: str) -> Iterator[tuple[str, str]]:
        """(kind/name, message) of the events with these reasons, newest first."""
        for event in self._newest_first():
            if text(event, "reason") in reasons:
                kind = text(event, "involvedObject", "kind").lower()
                name = text(event, "involvedObject", "name")
                yield f"{kind}/{name}", _message(event)

    def log_of(self, pod: Object, container: str) -> str:
        """The log of a container, empty if there is none."""
        return self.logs.get((name_of(pod), container), "")

    def _newest_first(self) -> Sequence[Object]:
        return sorted(self.events, key=_last_seen, reverse=True)


def _own_pods(
    pods: Sequence[Object], release: str, objects: Sequence[Object]
) -> list[Object]:
    return [pod for pod in pods if belongs_to(pod, release, objects)]


def _is_about(event: Object, value: Object) -> bool:
    return text(event, "involvedObject", "name") == name_of(value)


def _last_seen(event: Object) -> str:
    # Only the old kind of event has a lastTimestamp. Timestamps compare as text.
    return (
        text(event, "lastTimestamp")
        or text(event, "eventTime")
        or text(event, "metadata", "creationTimestamp")
    )


def _message(event: Object) -> str:
    return text(event, "message")[:_MAX_LINE].strip()


def gather(
    api: Api,
    release: str,
    objects: Sequence[Object],
    *,
    pods: Sequence[Object] = (),
    waited: float = 0.0,
) -> Evidence:
    """Collect the evidence about these pods, or about all pods of the release.

    What the cluster does not return is missing from the result.
    """
    found = _all_objects(api, objects)
    own = pods or _own_pods(found["Pod"], release, objects)
    names = {name_of(value) for value in (*own, *objects)}
    # Logs and events may repeat the secrets of the pods.
    masking.learn(lambda: secrets_of_tree(own))
    return Evidence(
        release=release,
        workloads=[_live_object(value, found) for value in workloads_of(objects)],
        pods=own,
        events=[event for event in found["Event"] if _concerns(event, names)],
        claims=_named(found["PersistentVolumeClaim"], names | _claim_names(own)),
        services=_own_services(found["Service"], names, own),
        nodes=found["Node"],
        logs=_logs(api, own),
        waited=waited,
    )


_RESOURCES = "pods", "events", "persistentvolumeclaims", "services", "nodes"


def _all_objects(api: Api, objects: Sequence[Object]) -> Mapping[str, list[Object]]:
    """Objects of the namespace by kind."""
    workloads = {WORKLOADS[value["kind"]].resource for value in workloads_of(objects)}
    by_kind: dict[str, list[Object]] = defaultdict(list)
    for resource in (*_RESOURCES, *sorted(workloads)):
        for value in _get_if_answered(api, resource):
            by_kind[text(value, "kind")].append(value)
    return by_kind


def _get_if_answered(api: Api, resource: str) -> list[Object]:
    try:
        return api.get(resource)
    except Unanswered:
        # The user may not be allowed to list nodes, for example.
        return []


def _live_object(value: Object, found: Mapping[str, Sequence[Object]]) -> Object:
    """The object with its status, or as rendered if the cluster does not show it."""
    same_name = _named(found[value["kind"]], {name_of(value)})
    return same_name[0] if same_name else value


def _named(values: Iterable[Object], names: set[str]) -> list[Object]:
    return [value for value in values if name_of(value) in names]


def _own_services(
    services: Sequence[Object], names: set[str], pods: Sequence[Object]
) -> list[Object]:
    own: list[Object] = []
    for service in services:
        selector = mapping(service, "spec", "selector")
        leads_to_pod = any(selects(selector, pod) for pod in pods)
        if leads_to_pod or name_of(service) in names:
            own.append(service)
    return own


def belongs_to(pod: Object, release: str, objects: Sequence[Object]) -> bool:
    """Whether a pod of a release is one of its servers.

    Its instance label shows that, or the selector of one of the workloads. Test pods
    do not count, and neither do pods that are being deleted: an old failure does not
    explain the new server.
    """
    if "helm.sh/hook" in mapping(pod, "metadata", "annotations"):
        return False
    if at(pod, "metadata", "deletionTimestamp"):
        return False
    if labels_of(pod).get("app.kubernetes.io/instance") == release:
        return True
    return any(_owns(workload, pod) for workload in workloads_of(objects))


def _owns(workload: Object, pod: Object) -> bool:
    kind = WORKLOADS[workload["kind"]]
    return selects(kind.pod_labels(workload), pod)


def is_running(pod: Object) -> bool:
    """Whether all containers of a pod are running, none of them restarted."""
    statuses = mappings(pod, "status", "containerStatuses")
    for status in statuses:
        if not mapping(status, "state", "running") or number(status, "restartCount"):
            return False
    return bool(statuses)


def _concerns(event: Object, names: set[str]) -> bool:
    """Whether an event is about an object, or about one created for it.

    The name of an object that a controller creates begins with the name of its owner.
    """
    name = text(event, "involvedObject", "name")
    return name in names or any(
        owner and name.startswith(f"{owner}-") for owner in names
    )


def _claim_names(pods: Sequence[Object]) -> set[str]:
    names: set[str] = set()
    for pod in pods:
        for volume in mappings(pod, "spec", "volumes"):
            names.add(text(volume, "persistentVolumeClaim", "claimName"))
    return names - {""}


def _logs(api: Api, pods: Sequence[Object]) -> Logs:
    """Logs of the containers that have run."""
    logs: dict[tuple[str, str], str] = {}
    for pod in pods:
        statuses = (
            *mappings(pod, "status", "initContainerStatuses"),
            *mappings(pod, "status", "containerStatuses"),
        )
        for status in statuses:
            container = text(status, "name")
            if not container:
                continue
            # A container that died and was started again explains the failure in the
            # log of its previous run.
            previous = _died(status, "lastState") and not _died(status, "state")
            log = api.logs(name_of(pod), container, previous=previous)
            if log:
                lines = [line[:_MAX_LINE] for line in log.splitlines()]
                logs[name_of(pod), container] = "\n".join(lines)
    return logs


def _died(status: Object, state: str) -> bool:
    return at(status, state, "terminated") is not None
