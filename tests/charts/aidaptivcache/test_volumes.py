"""Volumes, and which container sees them."""

from collections.abc import Callable
from typing import Any

import pytest

Pod = Callable[..., dict[str, Any]]

SHARED = {"name": "shared-data", "mountPath": "/data"}
DSHM = {"name": "dshm", "mountPath": "/dev/shm"}
EVERYTHING: dict[str, Any] = {
    "prescript": "true",
    "volumes": {
        "pvc": {"enabled": True, "claimName": "models"},
        "nfs": {
            "enabled": True,
            "server": "10.0.0.5",
            "path": "/models",
            "mountPath": "/mnt/nfs",
        },
    },
    "modelImage": {"enabled": True, "reference": "models/llama:1"},
    "extraVolumes": [{"name": "mine", "emptyDir": {}}],
    "extraVolumeMounts": [{"name": "mine", "mountPath": "/mine"}],
}


def test_the_defaults(pod: Pod, server: Pod) -> None:
    assert pod()["volumes"] == [
        {"name": "shared-data", "emptyDir": {}},
        {"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "30Gi"}},
    ]
    assert server()["volumeMounts"] == [SHARED, DSHM]


def test_everything(pod: Pod) -> None:
    assert [
        each
        for each in pod(values=EVERYTHING)["volumes"]
        if each["name"] not in ("shared-data", "dshm")
    ] == [
        {"name": "pvc-volume", "persistentVolumeClaim": {"claimName": "models"}},
        {"name": "nfs-volume", "nfs": {"server": "10.0.0.5", "path": "/models"}},
        {
            "name": "model-volume",
            "image": {"reference": "models/llama:1", "pullPolicy": "IfNotPresent"},
        },
        {"name": "mine", "emptyDir": {}},
    ]


def test_what_both_containers_see(init: Pod, server: Pod) -> None:
    claim = {"name": "pvc-volume", "mountPath": "/mnt/data"}
    nfs = {"name": "nfs-volume", "mountPath": "/mnt/nfs", "readOnly": True}
    image = {"name": "model-volume", "mountPath": "/data/model", "readOnly": True}
    mine = {"name": "mine", "mountPath": "/mine"}
    assert init(values=EVERYTHING)["volumeMounts"] == [SHARED, claim, nfs, mine]
    assert server(values=EVERYTHING)["volumeMounts"] == [
        SHARED,
        DSHM,
        claim,
        nfs,
        image,
        mine,
    ]


def test_a_claim_may_be_read_only(server: Pod) -> None:
    claim = {
        "enabled": True,
        "claimName": "models",
        "mountPath": "/models",
        "readOnly": True,
    }
    mounts = server(values={"volumes": {"pvc": claim}})["volumeMounts"]
    assert mounts[-1] == {
        "name": "pvc-volume",
        "mountPath": "/models",
        "readOnly": True,
    }


def test_without_any_there_is_no_empty_list(pod: Pod) -> None:
    spec = pod(
        values={
            "initContainer": {"enabled": False},
            "volumes": {"dshm": {"enabled": False}},
        }
    )
    assert "volumes" not in spec
    assert "volumeMounts" not in spec["containers"][0]


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"volumes": {"pvc": {"enabled": True}}}, "volumes.pvc.claimName"),
        (
            {"volumes": {"nfs": {"enabled": True, "path": "/models"}}},
            "volumes.nfs.server",
        ),
        ({"volumes": {"nfs": {"enabled": True, "server": "a"}}}, "volumes.nfs.path"),
        ({"modelImage": {"enabled": True}}, "modelImage.reference"),
    ],
)
def test_what_the_api_server_would_refuse_is_refused(
    error: Callable[..., str], values: dict[str, Any], missing: str
) -> None:
    assert f"needs {missing}" in error(values=values)
