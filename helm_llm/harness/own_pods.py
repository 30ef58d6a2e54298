"""Which pods are those of a release, and whether they run."""

from __future__ import annotations

from collections.abc import Sequence

from helm_llm.harness.objects import labels_of, selects
from helm_llm.harness.workloads import WORKLOADS, workloads_of
from helm_llm.typed import Object, at, mapping, mappings, number


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
