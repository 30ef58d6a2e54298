"""Collecting the evidence about a release from the cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from helm_llm import masking
from helm_llm.harness.evidence import MAX_LINE, Evidence, Logs
from helm_llm.harness.objects import name_of, selects
from helm_llm.harness.own_pods import belongs_to
from helm_llm.harness.workloads import WORKLOADS, workloads_of
from helm_llm.masking.tree import secrets_of_tree
from helm_llm.tools.api import Api
from helm_llm.tools.kubectl import Unanswered
from helm_llm.typed import Object, at, mapping, mappings, text


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


def _own_pods(
    pods: Sequence[Object], release: str, objects: Sequence[Object]
) -> list[Object]:
    return [pod for pod in pods if belongs_to(pod, release, objects)]


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
                lines = [line[:MAX_LINE] for line in log.splitlines()]
                logs[name_of(pod), container] = "\n".join(lines)
    return logs


def _died(status: Object, state: str) -> bool:
    return at(status, state, "terminated") is not None
