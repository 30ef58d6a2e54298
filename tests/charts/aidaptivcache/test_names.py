"""Names and labels of the objects, and what is printed after an install."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Objects = Callable[..., list[dict[str, Any]]]
Spec = Callable[..., dict[str, Any]]

SELECTOR = {
    "app.kubernetes.io/name": "aidaptivcache",
    "app.kubernetes.io/instance": "r",
}


@pytest.mark.parametrize(
    ("release", "values", "deployment", "service"),
    [
        ("r", {}, "r-aidaptivcache", "r-aidaptivcache"),
        ("aidaptivcache-1", {}, "aidaptivcache-1", "aidaptivcache-1"),
        (
            "r",
            {"nameOverride": "aidaptivcache-inference"},
            *["r-aidaptivcache-inference"] * 2,
        ),
        ("r", {"fullnameOverride": "llama"}, "llama", "llama"),
        ("r", {"deployment": {"name": "vllm-api"}}, "vllm-api", "r-aidaptivcache"),
        ("1", {"deployment": {"name": "2"}, "fullnameOverride": "3"}, "2", "3"),
    ],
)
def test_names(
    objects: Objects,
    release: str,
    values: dict[str, Any],
    deployment: str,
    service: str,
) -> None:
    names = {
        f"{each['kind']}/{each['metadata']['name']}"
        for each in objects(values=values, release=release)
    }
    pods = {f"Pod/{service}-test-{pod}" for pod in ("models", "generate")}
    assert names == {f"Deployment/{deployment}", f"Service/{service}", *pods}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"deployment": {"name": "vllm-api"}},
        {"image": {"tag": "next"}},
        {"podLabels": {"app": "mine", "app.kubernetes.io/name": "mine"}},
    ],
)
def test_the_selector_never_changes(deployment: Spec, values: dict[str, Any]) -> None:
    spec = deployment(values=values)["spec"]
    assert spec["selector"] == {"matchLabels": SELECTOR}
    assert SELECTOR.items() <= spec["template"]["metadata"]["labels"].items()


def test_labels(deployment: Spec, objects: Objects) -> None:
    labels = deployment(
        values={"deployment": {"name": "llama"}, "podLabels": {"team": "a"}}
    )
    assert labels["spec"]["template"]["metadata"]["labels"] == {
        **SELECTOR,
        "app": "llama",
        "team": "a",
    }
    for each in objects():
        labels = each["metadata"]["labels"]
        assert labels["helm.sh/chart"] == "aidaptivcache-0.1.0"
        assert labels["app.kubernetes.io/version"] == "vNXUN_3_03AA"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert (SELECTOR.items() <= labels.items()) == (each["kind"] != "Pod"), (
            "a Service must not select a test pod"
        )


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


def test_notes_name_the_deployment_and_a_request_that_works(
    helm4: str, chart: Path
) -> None:
    printed = notes(
        helm4,
        chart,
        "--set",
        "deployment.name=llama,vllm.servedModelName=chat,service.port=80",
    )
    assert "wait deployment/llama --for=condition=Available" in printed
    assert "http://r-aidaptivcache.llm.svc:80/v1" in printed
    assert (
        "get service r-aidaptivcache --output jsonpath='{.spec.ports[0].nodePort}'"
        in printed
    )
    assert '"model":"chat"' in printed
    assert "helm test r --namespace llm" in printed


def test_notes_forward_a_port_where_no_node_has_one(helm4: str, chart: Path) -> None:
    printed = notes(helm4, chart, "--set", "service.type=ClusterIP")
    assert "port-forward service/r-aidaptivcache 8000:8000" in printed
    assert '"model":"/data/model/Meta-Llama-3.1-8B-Instruct/"' in printed


def test_notes_say_that_nothing_is_copied(helm4: str, chart: Path) -> None:
    assert "nothing is copied" in notes(helm4, chart)
    assert "nothing is copied" not in notes(helm4, chart, "--set", "prescript=make")
