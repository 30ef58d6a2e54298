"""Where the models lie."""

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

Object = dict[str, Any]

MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
WORKLOADS: dict[str, Object] = {
    "StatefulSet": {},
    "Deployment": {"statefulSet": {"enabled": False}},
    "LeaderWorkerSet": {"multiNode": {"enabled": True, "existingSSHSecret": "ssh"}},
    "MPIJob": {"multiNode": {"enabled": True, "leaderWorkerSet": {"enabled": False}}},
}


class Case(NamedTuple):
    """One way to ask for storage."""

    persistence: bool
    host_path: bool
    nfs: bool
    mode: str
    claim: str

    @property
    def values(self) -> Object:
        persistence = {
            "enabled": self.persistence,
            "accessMode": self.mode,
            "existingClaim": self.claim,
        }
        return {
            "persistence": persistence,
            "hostPath": {"enabled": self.host_path},
            "nfs": {"enabled": self.nfs},
            "tests": {"enabled": False},
        }

    def has_template(self, workload: str) -> bool:
        return (
            self.persistence
            and not self.claim
            and workload == "StatefulSet"
            and self.mode != "ReadWriteMany"
        )

    def source(self, name: str) -> Object:
        if self.persistence:
            return {"persistentVolumeClaim": {"claimName": self.claim or name}}
        if self.host_path:
            return {"hostPath": {"path": "/model-store", "type": "DirectoryOrCreate"}}
        if self.nfs:
            return {"nfs": {"server": "nfs-server.example.com", "path": "/exports"}}
        return {"emptyDir": {}}


SWITCH = (False, True)
CASES = [
    Case(persistence, host_path, nfs, mode, claim)
    for persistence, host_path, nfs, mode, claim in itertools.product(
        SWITCH, SWITCH, SWITCH, MODES, ("", "models")
    )
]


def pods(node: object) -> list[Object]:
    if isinstance(node, dict):
        if "containers" in node:
            return [node]
        return [pod for below in node.values() for pod in pods(below)]
    return []


@pytest.fixture(params=WORKLOADS)
def every_case(
    request: pytest.FixtureRequest,
    render: Callable[..., list[Object]],
    helm3: str,
    chart: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, dict[str, list[Object]]]:
    """A workload, and the objects of each case of it: one render, in which each case is a subchart of its own."""
    parent = tmp_path_factory.mktemp("parent")
    shutil.copytree(
        chart, parent / "charts" / chart.name, ignore=shutil.ignore_patterns("ci")
    )
    aliases = [f"case{number}" for number, _ in enumerate(CASES)]
    dependencies = [
        {"name": chart.name, "version": "*", "alias": alias} for alias in aliases
    ]
    metadata = {
        "apiVersion": "v2",
        "name": "parent",
        "version": "0.1.0",
        "dependencies": dependencies,
    }
    (parent / "Chart.yaml").write_text(json.dumps(metadata))
    values = {
        alias: {**case.values, **WORKLOADS[request.param]}
        for alias, case in zip(aliases, CASES, strict=True)
    }
    by_name: dict[str, list[Object]] = {alias: [] for alias in aliases}
    for each in render(helm3, parent, values=values):
        by_name[each["metadata"]["labels"]["app.kubernetes.io/name"]].append(each)
    return request.param, by_name


def test_every_way_to_ask_for_storage(
    every_case: tuple[str, dict[str, list[Object]]],
) -> None:
    workload, by_name = every_case
    for case, (name, objects) in zip(CASES, by_name.items(), strict=True):
        (server,) = (each for each in objects if each["kind"] == workload)
        claims = [
            each["metadata"]["name"]
            for each in objects
            if each["kind"] == "PersistentVolumeClaim"
        ]
        fullname = f"r-{name}"
        assert ("volumeClaimTemplates" in server["spec"]) == case.has_template(
            workload
        ), case
        own = case.persistence and not case.claim and not case.has_template(workload)
        assert claims == ([fullname] if own else []), case
        for pod in pods(server["spec"]):
            stores = [each for each in pod["volumes"] if each["name"] == "model-store"]
            expected = (
                []
                if case.has_template(workload)
                else [{"name": "model-store", **case.source(fullname)}]
            )
            assert stores == expected, case
            (main,) = pod["containers"]
            assert {"name": "model-store", "mountPath": "/model-store"} in main[
                "volumeMounts"
            ]


CLAIM_KEEPS = {"helm.sh/resource-policy": "keep", "team": "inference"}


@pytest.mark.parametrize(
    ("name", "rendered"), [("", None), ("fast", "fast"), ("-", "")]
)
@pytest.mark.parametrize("template", [True, False])
def test_both_kinds_of_claim(
    named: Callable[..., Any], name: str, rendered: str | None, template: bool
) -> None:
    persistence = {
        "enabled": True,
        "storageClass": name,
        "size": "80Gi",
        "annotations": CLAIM_KEEPS,
    }
    values = {"persistence": persistence, "statefulSet": {"enabled": template}}
    if template:
        (claim,) = named("StatefulSet/r-nim-llm", values=values)["spec"][
            "volumeClaimTemplates"
        ]
        assert claim["metadata"]["name"] == "model-store"
    else:
        claim = named("PersistentVolumeClaim/r-nim-llm", values=values)
    assert claim["metadata"]["annotations"] == CLAIM_KEEPS
    assert claim["spec"].pop("storageClassName", None) == rendered
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "80Gi"}},
    }


def test_retention_goes_with_claim_templates(named: Callable[..., Any]) -> None:
    policy = {"stsPersistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}

    def spec(**persistence: Any) -> Any:
        return named(
            "StatefulSet/r-nim-llm", values={"persistence": {**policy, **persistence}}
        )["spec"]

    kept = {"whenDeleted": "Delete", "whenScaled": "Retain"}
    assert spec(enabled=True)["persistentVolumeClaimRetentionPolicy"] == kept
    assert "persistentVolumeClaimRetentionPolicy" not in spec(
        enabled=True, existingClaim="models"
    )
    assert "persistentVolumeClaimRetentionPolicy" not in spec()


def test_a_read_only_export(pod: Callable[..., Object]) -> None:
    volumes = pod(
        {
            "nfs": {
                "enabled": True,
                "server": "10.0.0.5",
                "path": "/nim",
                "readOnly": True,
            }
        }
    )["volumes"]
    assert {
        "name": "model-store",
        "nfs": {"server": "10.0.0.5", "path": "/nim", "readOnly": True},
    } in volumes


RECREATE = {"type": "Recreate", "rollingUpdate": None}
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0}}


@pytest.mark.parametrize(
    ("values", "strategy"),
    [
        ({"persistence": {"enabled": True}}, RECREATE),
        ({"persistence": {"enabled": True, "existingClaim": "models"}}, RECREATE),
        (
            {"persistence": {"enabled": True, "accessMode": "ReadWriteOncePod"}},
            RECREATE,
        ),
        ({"persistence": {"enabled": True, "accessMode": "ReadWriteMany"}}, None),
        ({"persistence": {"enabled": False}}, None),
        ({"persistence": {"enabled": True}, "updateStrategy": ROLLING}, ROLLING),
    ],
    ids=str,
)
def test_strategy_of_a_deployment(
    named: Callable[..., Any], values: Object, strategy: Object | None
) -> None:
    deployment = named(
        "Deployment/r-nim-llm", values={**values, "statefulSet": {"enabled": False}}
    )
    assert deployment["spec"].get("strategy") == strategy
    assert deployment["spec"]["progressDeadlineSeconds"] == 3600


def test_strategy_of_a_stateful_set(named: Callable[..., Any]) -> None:
    spec = named(
        "StatefulSet/r-nim-llm", values={"updateStrategy": {"type": "OnDelete"}}
    )["spec"]
    assert spec["updateStrategy"] == {"type": "OnDelete"}
    assert spec["podManagementPolicy"] == "Parallel"
