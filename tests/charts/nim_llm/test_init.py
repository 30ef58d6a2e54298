"""The init containers."""

from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Pod = Callable[..., Object]

LORA: Object = {"lora": {"repositories": ["acme/a", "acme/b@v1"]}}


def by_name(variables: list[Object]) -> Object:
    return {
        each["name"]: each.get("value", each.get("valueFrom")) for each in variables
    }


def test_their_order(pod: Pod) -> None:
    init = {
        "ngcInit": {"secretName": "ngc", "env": {}},
        "extraInit": [{"name": "mine", "image": "busybox:1"}],
    }
    names = [
        each["name"] for each in pod({**LORA, "initContainers": init})["initContainers"]
    ]
    assert names == ["ngc-model-puller", "download-loras", "mine"]
    assert "initContainers" not in pod()


def test_ngc_download(pod: Pod) -> None:
    settings = {
        "NGC_CLI_ORG": "acme",
        "NGC_MODEL_VERSION": 1.5,
        "DOWNLOAD_NGC_CLI": True,
    }
    init = {
        "secretName": "ngc",
        "imageTag": 0.1,
        "containerSecurityContext": {"runAsUser": 0, "runAsGroup": None},
        "env": settings,
    }
    (puller,) = pod({"initContainers": {"ngcInit": init}})["initContainers"]
    assert puller["image"] == "eclipse/debian_jre:0.1"
    assert puller["command"] == ["/bin/bash", "-c", "/scripts/ngc_pull.sh"]
    assert puller["securityContext"] == {"runAsUser": 0}
    assert by_name(puller["env"]) == {
        "NGC_CLI_API_KEY": {"secretKeyRef": {"name": "ngc", "key": "NGC_CLI_API_KEY"}},
        "NGC_DECRYPT_KEY": {
            "secretKeyRef": {"name": "ngc", "key": "NGC_DECRYPT_KEY", "optional": True}
        },
        "STORE_MOUNT_PATH": "/model-store",
        "NGC_EXE": "ngc",
        "NGC_CLI_ORG": "acme",
        "NGC_MODEL_VERSION": "1.5",
        "DOWNLOAD_NGC_CLI": "true",
    }


@pytest.mark.parametrize(
    ("path", "mount"),
    [
        ("/model-store", "/model-store"),
        ("/model-store/a", "/model-store"),
        ("/models", "/models"),
        ("/model-stores", "/model-stores"),
    ],
)
def test_ngc_download_writes_to_the_volume(pod: Pod, path: str, mount: str) -> None:
    init = {"secretName": "ngc", "env": {"STORE_MOUNT_PATH": path}}
    (puller,) = pod({"initContainers": {"ngcInit": init}})["initContainers"]
    assert {"name": "model-store", "mountPath": mount} in puller["volumeMounts"]


def test_lora_download(pod: Pod, env: Pod, container: Pod) -> None:
    (download,) = pod(LORA)["initContainers"]
    assert download["image"] == "python:3.12-alpine"
    assert download["command"] == ["sh", "/scripts/download_loras.sh"]
    assert by_name(download["env"]) == {
        "LORA_REPOSITORIES": "acme/a\nacme/b@v1",
        "NIM_PEFT_SOURCE": "/opt/nim/loras",
        "HUB_VERSION": "2.4.0",
        "HOME": "/tmp",
        "HF_HOME": "/tmp/hf",
    }
    assert (
        download["resources"]["limits"]
        == download["resources"]["requests"]
        == {"cpu": "1", "memory": "1Gi"}
    )
    assert download["securityContext"] == {
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert env(LORA)["NIM_PEFT_SOURCE"] == "/opt/nim/loras"
    mount = {"name": "lora", "mountPath": "/opt/nim/loras"}
    assert mount in download["volumeMounts"]
    assert mount in container(LORA)["volumeMounts"]
    assert {"name": "lora-tmp", "mountPath": "/tmp"} in download["volumeMounts"]
    volumes = pod({"lora": {**LORA["lora"], "sizeLimit": "4Gi"}})["volumes"]
    assert {"name": "lora", "emptyDir": {"sizeLimit": "4Gi"}} in volumes


def test_no_lora_without_repositories(pod: Pod, env: Pod) -> None:
    assert not {"lora", "lora-tmp"} & {each["name"] for each in pod()["volumes"]}
    assert "NIM_PEFT_SOURCE" not in env()


def test_a_literal_source_wins(
    pod: Pod, container: Pod, error: Callable[..., str]
) -> None:
    values = {**LORA, "env": [{"name": "NIM_PEFT_SOURCE", "value": "/adapters"}]}
    (download,) = pod(values)["initContainers"]
    assert by_name(download["env"])["NIM_PEFT_SOURCE"] == "/adapters"
    assert {"name": "lora", "mountPath": "/adapters"} in container(values)[
        "volumeMounts"
    ]
    nowhere = {"lora": {**LORA["lora"], "source": ""}}
    assert "NIM_PEFT_SOURCE environment variable must be set." in error(values=nowhere)


@pytest.mark.parametrize(
    ("lora", "model", "expected"),
    [
        (
            {},
            {"hfTokenSecret": "hub", "hfTokenSecretKey": "k"},
            {"name": "hub", "key": "k"},
        ),
        (
            {"tokenSecret": "own"},
            {"hfTokenSecret": "hub", "hfTokenSecretKey": "k"},
            {"name": "own", "key": "HF_TOKEN"},
        ),
    ],
)
def test_token_of_the_download(
    pod: Pod, lora: Object, model: Object, expected: Object
) -> None:
    (download,) = pod({"lora": {**LORA["lora"], **lora}, "model": model})[
        "initContainers"
    ]
    assert by_name(download["env"])["HF_TOKEN"] == {"secretKeyRef": expected}


def test_the_download_knows_proxies_and_mirrors(pod: Pod) -> None:
    names = ["HTTPS_PROXY", "no_proxy", "HF_ENDPOINT", "PIP_INDEX_URL", "NIM_LOG_LEVEL"]
    (download,) = pod(
        {**LORA, "env": [{"name": name, "value": "x"} for name in names]}
    )["initContainers"]
    assert set(names) & set(by_name(download["env"])) == set(names) - {"NIM_LOG_LEVEL"}


@pytest.mark.parametrize(("user", "rendered"), [(0, 1000), (None, None), (2000, None)])
def test_the_download_never_runs_as_root(
    pod: Pod, user: int | None, rendered: int | None
) -> None:
    (download,) = pod({**LORA, "podSecurityContext": {"runAsUser": user}})[
        "initContainers"
    ]
    assert download["securityContext"].get("runAsUser") == rendered


def test_sizes_of_the_download_may_be_empty(pod: Pod) -> None:
    (download,) = pod({"lora": {**LORA["lora"], "cpu": "", "memory": ""}})[
        "initContainers"
    ]
    assert "resources" not in download
