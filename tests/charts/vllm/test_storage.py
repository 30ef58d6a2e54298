"""Where the models lie."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Pod = Callable[..., dict[str, Any]]

CLAIM = {"existingClaim": "models"}
HOST = {"hostPath": {"path": "/data"}}
NFS = {"nfs": {"server": "10.0.0.5", "path": "/exports"}}

CLAIM_VOLUME = {"persistentVolumeClaim": {"claimName": "models"}}
HOST_VOLUME = {"hostPath": {"path": "/data", "type": "Directory"}}
NFS_VOLUME = {"nfs": {"server": "10.0.0.5", "path": "/exports"}}


def volume(pod: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in pod["volumes"] if each["name"] == name)
    return {key: value for key, value in found.items() if key != "name"}


@pytest.mark.parametrize(
    ("persistence", "source"),
    [
        (CLAIM, CLAIM_VOLUME),
        (HOST, HOST_VOLUME),
        ({"hostPath": {"path": "/data", "type": ""}}, {"hostPath": {"path": "/data"}}),
        (NFS, NFS_VOLUME),
        (
            {"nfs": {**NFS["nfs"], "readOnly": True}},
            {"nfs": {**NFS["nfs"], "readOnly": True}},
        ),
        ({**CLAIM, **HOST, **NFS}, CLAIM_VOLUME),
        ({**HOST, **NFS}, HOST_VOLUME),
        ({"enabled": False}, {"emptyDir": {}}),
        (
            {"enabled": False, "ephemeralSizeLimit": "9Gi"},
            {"emptyDir": {"sizeLimit": "9Gi"}},
        ),
        ({"enabled": False, **CLAIM, **HOST, **NFS}, {"emptyDir": {}}),
    ],
    ids=json.dumps,
)
def test_the_first_backend_wins_and_no_claim_is_made(
    pod: Pod,
    kinds: Callable[..., list[str]],
    persistence: dict[str, Any],
    source: dict[str, Any],
) -> None:
    values = {"persistence": persistence}
    assert volume(pod(values=values), "model-storage") == source
    assert "PersistentVolumeClaim" not in kinds(values=values)


def test_without_a_backend_the_chart_makes_the_claim_it_mounts(
    pod: Pod, named: Callable[..., Any]
) -> None:
    assert volume(pod(), "model-storage") == {
        "persistentVolumeClaim": {"claimName": "r-vllm-pvc"}
    }
    assert named("PersistentVolumeClaim/r-vllm-pvc")["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "50Gi"}},
    }


@pytest.mark.parametrize(("name", "rendered"), [("fast", "fast"), ("-", "")])
def test_a_dash_means_no_storage_class(
    named: Callable[..., Any], name: str, rendered: str
) -> None:
    claim = named(
        "PersistentVolumeClaim/r-vllm-pvc",
        values={
            "persistence": {
                "storageClass": name,
                "annotations": {"helm.sh/resource-policy": "keep"},
            }
        },
    )
    assert claim["spec"]["storageClassName"] == rendered
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_models_and_shared_memory_are_mounted(
    server: Callable[..., Any], pod: Pod
) -> None:
    two_workers = {"vllm": {"tensorParallelSize": 2}}
    assert server(values=two_workers)["volumeMounts"] == [
        {"name": "model-storage", "mountPath": "/root/.cache"},
        {"name": "dshm", "mountPath": "/dev/shm"},
    ]
    assert volume(pod(values=two_workers), "dshm") == {
        "emptyDir": {"medium": "Memory", "sizeLimit": "4Gi"}
    }


def test_mounts_can_move_and_grow(server: Callable[..., Any], pod: Pod) -> None:
    values = {
        "shm": {"enabled": False},
        "persistence": {"mountPath": "/cache", "subPath": "vllm"},
        "extraVolumes": [{"name": "adapters", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "adapters", "mountPath": "/adapters"}],
    }
    assert server(values=values)["volumeMounts"] == [
        {"name": "model-storage", "mountPath": "/cache", "subPath": "vllm"},
        {"name": "adapters", "mountPath": "/adapters"},
    ]
    assert [each["name"] for each in pod(values=values)["volumes"]] == [
        "model-storage",
        "adapters",
    ]


DOWNLOAD = {
    "modelDownload": {"enabled": True, "resources": {"limits": {"memory": "8Gi"}}},
    "vllm": {
        "revision": "v2",
        "env": [{"name": "HTTPS_PROXY", "value": "http://proxy"}],
    },
    "huggingfaceToken": {"existingSecret": "hub", "key": "token"},
    "apiKey": {"existingSecret": "clients"},
}


def test_the_download_runs_first_and_the_server_stays_offline(
    pod: Pod, env: Callable[..., Any]
) -> None:
    (download,) = pod(values=DOWNLOAD)["initContainers"]
    assert download["image"] == "vllm/vllm-openai:v0.33.0"
    assert download["args"] == ["Qwen/Qwen3-0.6B", "v2"]
    assert download["volumeMounts"] == [
        {"name": "model-storage", "mountPath": "/root/.cache"}
    ]
    assert download["resources"] == {"limits": {"memory": "8Gi"}}
    names = {each["name"] for each in download["env"]}
    assert {"HF_HOME", "HF_TOKEN", "HTTPS_PROXY"} <= names
    assert not {"HF_HUB_OFFLINE", "VLLM_API_KEY"} & names
    assert env(values=DOWNLOAD)["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize("model", ["/models/qwen", "s3://bucket/qwen"])
def test_a_local_model_is_not_downloaded(
    pod: Pod, env: Callable[..., Any], model: str
) -> None:
    values = {"modelDownload": {"enabled": True}, "vllm": {"model": model}}
    assert "initContainers" not in pod(values=values)
    assert "HF_HUB_OFFLINE" not in env(values=values)


def test_init_containers_of_the_user_come_after_the_download(pod: Pod) -> None:
    mine = {"name": "mine", "image": "busybox:1"}
    values = {
        "modelDownload": {"enabled": True, "image": "python:3"},
        "extraInitContainers": [mine],
    }
    download, second = pod(values=values)["initContainers"]
    assert download["image"] == "python:3"
    assert second == mine


def test_the_download_takes_the_revision_and_not_the_publishers_own_files(
    pod: Pod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "huggingface_hub.py").write_text(
        "def snapshot_download(*args, **options):\n    return args, options\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (download,) = pod(values={"modelDownload": {"enabled": True}})["initContainers"]
    printed = subprocess.run(
        [sys.executable, *download["command"][1:], *download["args"]],
        capture_output=True,
        text=True,
        check=True,
    )
    options = "{'revision': None, 'ignore_patterns': ['original/*']}"
    assert printed.stdout == f"(('Qwen/Qwen3-0.6B',), {options})\n"
