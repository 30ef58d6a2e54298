"""The pod template of a Flyte task with a NIM beside it."""

import importlib
import sys
from typing import Any

import pytest

from helm_llm import NIM, NIMSecrets, lora

Object = dict[str, Any]

SECRETS = NIMSecrets("pull", "api_key", "_FSEC_")
GROUPED = NIMSecrets("pull", "api_key", "_FSEC_", "ngc", "huggingface", "hf_token")
PEFT = {"NIM_PEFT_SOURCE": "/opt/nim/peft_adapters"}
LORA: Object = {
    "env": PEFT,
    "hf_repo_ids": ["acme/a", "acme/b@refs/pr/1"],
    "lora_adapter_mem": "2Gi",
}


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "helm_llm.flyte", raising=False)
    monkeypatch.setitem(sys.modules, "flytekit", None)
    with pytest.raises(ImportError, match=r"pip install 'helm-llm\[flyte\]'"):
        _ = NIM(SECRETS).pod_template


def pod(template: Any) -> Object:
    """The pod spec as Flyte sends it."""
    client = importlib.import_module("kubernetes.client")
    spec: Object = client.ApiClient().sanitize_for_serialization(template.pod_spec)
    return spec


def ours(secrets: NIMSecrets = SECRETS, **arguments: Any) -> Object:
    return pod(NIM(secrets, **arguments).pod_template)


def test_server() -> None:
    env = {"NIM_ENABLE_KV_CACHE_REUSE": True, "NGC_API_KEY": "nvapi-mine", "LAST": 1}
    spec = ours(
        env=env,
        health_endpoint="/health",
        port=8002,
        cpu=2.5,
        ephemeral_storage="100Gi",
    )
    (server,) = spec["initContainers"]
    assert spec["containers"] == []
    assert server["env"] == [
        {"name": "NIM_ENABLE_KV_CACHE_REUSE", "value": "true"},
        {"name": "LAST", "value": "1"},
        {"name": "NGC_API_KEY", "value": "$(_FSEC_API_KEY)"},
    ]
    assert server["startupProbe"] == {
        "httpGet": {"path": "/health", "port": 8002},
        "failureThreshold": 100,
    }
    quantities = {
        "cpu": "2.5",
        "memory": "20Gi",
        "nvidia.com/gpu": "1",
        "ephemeral-storage": "100Gi",
    }
    assert server["resources"] == {"requests": quantities, "limits": quantities}


def test_download() -> None:
    download, _ = ours(GROUPED, **LORA)["initContainers"]
    assert download["command"][:2] == ["sh", "-c"]
    assert "acme/a\nacme/b@refs/pr/1" in download["command"][2]
    assert {each["name"]: each["value"] for each in download["env"]} == {
        "NIM_PEFT_SOURCE": "/opt/nim/peft_adapters",
        "HUB_VERSION": lora.HUB_VERSION,
        "HOME": "/tmp",
        "HF_HOME": "/tmp/hf",
        "HF_TOKEN": "$(_FSEC_HUGGINGFACE_HF_TOKEN)",
    }
    assert (
        download["resources"]["limits"]
        == download["resources"]["requests"]
        == {"cpu": "1", "memory": "2Gi"}
    )
    assert download["securityContext"]["runAsUser"] == 1000
    mounts = {each["mountPath"]: each["name"] for each in download["volumeMounts"]}
    assert mounts == {"/opt/nim/peft_adapters": "lora", "/tmp": "lora-tmp"}


def test_a_group_alone_is_no_token() -> None:
    download, _ = ours(
        NIMSecrets("pull", "key", "_FSEC_", hf_token_group="group"), **LORA
    )["initContainers"]
    assert "HF_TOKEN" not in {each["name"] for each in download["env"]}


def test_it_can_be_added_to() -> None:
    server = NIM(SECRETS)
    server.pod_template.pod_spec.node_selector = {"gpu": "l4"}
    assert pod(server.pod_template)["nodeSelector"] == {"gpu": "l4"}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {
            "secrets": GROUPED,
            "env": {"A": "1"},
            "port": 8002,
            "health_endpoint": "health",
        },
        {"health_endpoint": "", "gpu": 2, "mem": "1Gi"},
        LORA,
        {"secrets": GROUPED, **LORA},
    ],
)
def test_it_is_the_plugins(arguments: Object) -> None:
    """But for ephemeral storage: the plugin asks for 20Gi since 1.16.10, its documentation for none."""
    arguments = {"ephemeral_storage": "20Gi", **arguments}
    mine = ours(**arguments)
    plugin = importlib.import_module("flytekitplugins.inference.nim.serve")
    secrets = plugin.NIMSecrets(**vars(arguments.get("secrets", SECRETS)))
    theirs = plugin.NIM(**{**arguments, "secrets": secrets}).pod_template
    assert comparable(mine) == comparable(pod(theirs))


def comparable(spec: Object) -> Object:
    """Without the download, with numbers as text and paths without their first slash."""
    spec["initContainers"] = [
        each for each in spec["initContainers"] if each["name"] != "download-loras"
    ]
    spec["volumes"] = [each for each in spec["volumes"] if each["name"] != "lora-tmp"]
    for container in spec["initContainers"]:
        for quantities in container["resources"].values():
            quantities |= {name: str(quantity) for name, quantity in quantities.items()}
        if probe := container.get("startupProbe"):
            probe["httpGet"]["path"] = probe["httpGet"]["path"].lstrip("/")
    return spec
