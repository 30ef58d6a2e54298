"""Names and labels of the objects, and what is printed after an install."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Objects = Callable[..., list[dict[str, Any]]]

EVERYTHING = {
    "apiKey": {"value": "key"},
    "ingress": {"enabled": True},
    "autoscaling": {"enabled": True},
    "podDisruptionBudget": {"enabled": True},
    "monitoring": {"enabled": True, "serviceMonitor": {"enabled": True}},
}


def fullname(objects: list[dict[str, Any]]) -> str:
    (name,) = (
        each["metadata"]["name"] for each in objects if each["kind"] == "Deployment"
    )
    return str(name)


@pytest.mark.parametrize(
    ("release", "values", "name"),
    [
        ("r", {}, "r-vllm"),
        ("vllm", {}, "vllm"),
        ("my-vllm-1", {}, "my-vllm-1"),
        ("r", {"nameOverride": "llm"}, "r-llm"),
        ("my-llm", {"nameOverride": "llm"}, "my-llm"),
        ("r", {"fullnameOverride": "chat"}, "chat"),
        ("r", {"nameOverride": "n" * 60 + "-aa"}, "r-" + "n" * 60),
    ],
)
def test_the_full_name(
    objects: Objects, release: str, values: dict[str, Any], name: str
) -> None:
    assert fullname(objects(values=values, release=release)) == name


def test_every_object_carries_the_full_name(objects: Objects) -> None:
    names = {
        f"{each['kind']}/{each['metadata']['name']}"
        for each in objects(values=EVERYTHING)
    }
    assert names == {
        *(
            f"{kind}/r-vllm"
            for kind in (
                "ServiceAccount",
                "Deployment",
                "Service",
                "Ingress",
                "ServiceMonitor",
            )
        ),
        *("HorizontalPodAutoscaler/r-vllm", "PodDisruptionBudget/r-vllm"),
        *("Secret/r-vllm-secrets", "PersistentVolumeClaim/r-vllm-pvc"),
        *("Pod/r-vllm-test-models", "Pod/r-vllm-test-generate"),
    }


def test_the_selector_is_the_one_of_the_upstream_chart(
    deployment: Callable[..., Any], objects: Objects
) -> None:
    selector = {"app.kubernetes.io/name": "vllm", "app.kubernetes.io/instance": "r"}
    spec = deployment(values={"podLabels": {"team": "a"}})
    assert spec["selector"] == {"matchLabels": selector}
    assert spec["template"]["metadata"]["labels"] == {**selector, "team": "a"}
    for each in objects(values=EVERYTHING):
        labels = each["metadata"]["labels"]
        assert labels["helm.sh/chart"] == "vllm-0.1.0"
        assert labels["app.kubernetes.io/version"] == "v0.33.0"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert (selector.items() <= labels.items()) == (each["kind"] != "Pod"), (
            "a Service must not select a test pod"
        )


def test_a_model_id_is_no_label(deployment: Callable[..., Any]) -> None:
    metadata = deployment(values={"vllm": {"model": "/models/" + "long" * 30}})[
        "template"
    ]["metadata"]
    assert metadata["annotations"]["helm-llm/model"] == "/models/" + "long" * 30
    assert not any("long" in label for label in metadata["labels"].values())


def test_two_releases_share_nothing(objects: Objects) -> None:
    one, two = (
        objects(values=EVERYTHING, release=release) for release in ("one", "two")
    )
    names = [
        {(each["kind"], each["metadata"]["name"]) for each in release}
        for release in (one, two)
    ]
    assert not names[0] & names[1]
    selectors = [
        each["spec"]["selector"]
        for release in (one, two)
        for each in release
        if each["kind"] == "Service"
    ]
    assert selectors[0] != selectors[1]


def test_a_service_named_vllm_does_not_reach_the_engine_as_a_variable(
    objects: Objects,
) -> None:
    (deployment,) = (
        each for each in objects(release="vllm") if each["kind"] == "Deployment"
    )
    spec = deployment["spec"]["template"]["spec"]
    assert spec["enableServiceLinks"] is False
    unwanted = {
        "VLLM_PORT",
        "CUDA_VISIBLE_DEVICES",
        "VLLM_USE_MODELSCOPE",
        "MODEL_NAME",
        "HOST",
        "PORT",
    }
    assert not unwanted & {each["name"] for each in spec["containers"][0]["env"]}


@pytest.mark.parametrize(
    ("account", "name", "made"),
    [
        ({}, "r-vllm", True),
        ({"name": "mine"}, "mine", True),
        ({"create": False}, "default", False),
        ({"create": False, "name": "mine"}, "mine", False),
    ],
)
def test_service_account(
    objects: Objects,
    pod: Callable[..., Any],
    account: dict[str, Any],
    name: str,
    made: bool,
) -> None:
    values = {
        "serviceAccount": {"annotations": {"a": "b"}, "automount": True, **account}
    }
    assert pod(values=values)["serviceAccountName"] == name
    assert pod(values=values)["automountServiceAccountToken"] is True
    accounts = [
        each for each in objects(values=values) if each["kind"] == "ServiceAccount"
    ]
    assert [each["metadata"]["name"] for each in accounts] == [name] * made
    assert [each["metadata"]["annotations"] for each in accounts] == [{"a": "b"}] * made


def notes(helm: str, chart: Path, *options: str) -> str:
    """Helm 3 wants a cluster even for a dry run, so these tests need Helm 4."""
    command = [
        helm,
        "install",
        "r",
        str(chart),
        "--namespace",
        "llm",
        "--dry-run=client",
        *options,
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return printed.partition("\nNOTES:\n")[2]


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ("persistence.existingClaim=models", "in the claim models."),
        ("persistence.hostPath.path=/data", "in the directory /data of the node."),
        ("persistence.nfs.server=filer", "on filer:."),
        ("persistence.enabled=false", "in an emptyDir, which is deleted with the pod."),
        ("persistence.size=9Gi", "in the claim r-vllm-pvc."),
    ],
)
def test_notes_name_the_volume_that_is_mounted(
    helm4: str, chart: Path, option: str, place: str
) -> None:
    assert f"Models are stored {place}\n" in notes(helm4, chart, "--set", option)


def test_notes_show_a_request_that_works(helm4: str, chart: Path) -> None:
    options = "vllm.servedModelName=chat,apiKey.existingSecret=clients,apiKey.key=api.key,service.port=80"
    printed = notes(helm4, chart, "--set", options)
    assert "http://r-vllm.llm.svc:80/v1" in printed
    assert "port-forward service/r-vllm 8000:80" in printed
    assert "get secret clients --output jsonpath='{.data.api\\.key}'" in printed
    assert '"model":"chat"' in printed
    assert "helm test r --namespace llm" in printed
