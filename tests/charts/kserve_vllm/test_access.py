"""Accounts that may use the endpoint, and what is said after an install."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]
Named = Callable[..., Object]

ACCOUNTS: list[Object] = [
    {"name": "made"},
    {"name": "there", "create": False},
    {"name": "elsewhere", "namespace": "other"},
    {"name": "no-token", "createLegacyToken": False},
]
VALUES = {"endpoint": {"auth": {"enabled": True, "serviceAccounts": ACCOUNTS}}}


def test_accounts_may_get_the_service(named: Named) -> None:
    rules = named("Role/r-kserve-vllm-view", values=VALUES)["rules"]
    assert rules == [
        {
            "apiGroups": ["serving.kserve.io"],
            "resources": ["inferenceservices"],
            "resourceNames": ["r-kserve-vllm"],
            "verbs": ["get"],
        }
    ]
    for account in ACCOUNTS:
        binding = named(
            f"RoleBinding/r-kserve-vllm-{account['name']}-view", values=VALUES
        )
        namespace = account.get("namespace", "default")
        assert binding["subjects"] == [
            {"kind": "ServiceAccount", "name": account["name"], "namespace": namespace}
        ]
        assert binding["roleRef"]["name"] == "r-kserve-vllm-view"


def test_accounts_and_tokens_lie_in_the_namespace_of_the_account(
    objects: Callable[..., list[Object]],
) -> None:
    """U6: a token elsewhere than its account is deleted at once."""
    rendered = objects(values={**VALUES, "tests": {"enabled": False}})
    places = {
        kind: {
            each["metadata"]["name"]: each["metadata"]["namespace"]
            for each in rendered
            if each["kind"] == kind
        }
        for kind in ("ServiceAccount", "Secret")
    }
    assert places["ServiceAccount"] == {
        "made": "default",
        "elsewhere": "other",
        "no-token": "default",
    }
    assert places["Secret"] == {"made": "default", "elsewhere": "other"}
    for each in rendered:
        if each["kind"] == "Secret":
            assert each["type"] == "kubernetes.io/service-account-token"
            assert (
                each["metadata"]["annotations"]["kubernetes.io/service-account.name"]
                == each["metadata"]["name"]
            )
        if each["kind"] == "ServiceAccount":
            assert each.get("secrets") == (
                [{"name": each["metadata"]["name"]}]
                if each["metadata"]["name"] != "no-token"
                else None
            )


def test_without_authentication_there_are_no_accounts(
    kinds: Callable[..., list[str]],
) -> None:
    values = {"endpoint": {"auth": {"enabled": False, "serviceAccounts": ACCOUNTS}}}
    assert kinds(values=values) == ["InferenceService", "ServingRuntime"]


@pytest.fixture
def notes(helm4: str, chart: Path) -> Callable[..., str]:
    """notes(*args): what `helm install` prints; Helm 3 wants a cluster even for a dry run."""

    def notes(*args: str) -> str:
        command = [
            helm4,
            "install",
            "r",
            str(chart),
            "--namespace=llm",
            "--dry-run=client",
            *args,
        ]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return out.partition("\nNOTES:\n")[2]

    return notes


def test_the_notes_name_the_service(notes: Callable[..., str]) -> None:
    text = notes("--set=inferenceService.name=granite")
    assert text.startswith("granite is starting.")
    assert "kubectl --namespace llm describe inferenceservice granite" in text
    assert "r-kserve-vllm" not in text


def test_the_notes_name_the_secret_that_is_made(notes: Callable[..., str]) -> None:
    """U7: upstream named `<account>-token`."""
    account = "endpoint.auth.serviceAccounts[0]"
    text = notes(
        "--set",
        f"endpoint.auth.enabled=true,{account}.name=app,{account}.namespace=other",
    )
    assert "kubectl --namespace other get secret app " in text
    text = notes(
        "--set",
        f"endpoint.auth.enabled=true,{account}.name=app,{account}.createLegacyToken=false",
    )
    assert "kubectl --namespace llm create token app" in text


def test_the_notes_warn_of_the_release_that_removes_workers(
    notes: Callable[..., str],
) -> None:
    """K1: nothing a chart can do."""
    assert "0.20.0" not in notes()
    text = notes("--set", "deploymentMode=RawDeployment,servingTopology=multiNode")
    assert "KServe 0.20.0 repeatedly deletes the workers" in text
