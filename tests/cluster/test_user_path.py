"""A user installs a chart by hand, then asks `helm llm test`: what is well passes, what is not is named."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster, soon

pytestmark = pytest.mark.cluster

TINY = str(Path(__file__).parent / "tiny")
IMAGE = f"image=helm-llm/simulator:{__version__}"

Install = Callable[..., None]


@pytest.fixture
def helm(request: pytest.FixtureRequest) -> str:
    """What fails is shown with one Helm, what passes with both."""
    return str(request.getfixturevalue(getattr(request, "param", "helm4")))


@pytest.fixture
def install(cluster: Cluster, namespace: str, helm: str) -> Install:
    """`helm install` of a small OpenAI server that is none of our charts."""

    def call(*arguments: str) -> None:
        cluster.run(
            helm,
            "install",
            "mine",
            TINY,
            "--namespace",
            namespace,
            "--set",
            IMAGE,
            *arguments,
        )

    return call


@pytest.fixture
def helm_llm(
    cluster: Cluster, namespace: str, helm: str, tmp_path: Path
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """`helm llm test mine` in the namespace; its exit code and its JSON report."""

    def call(*arguments: str) -> tuple[int, dict[str, Any]]:
        home = tmp_path / "home"
        words = ("mine", "-n", namespace, *arguments)
        code, (case,) = cluster.helm_llm_test(helm, home, *words)
        assert not list((home / "runs").iterdir())
        return code, case

    return call


def outcomes(case: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["outcome"] for step in case["steps"]}


def assert_fails(
    result: tuple[int, dict[str, Any]], step: str, cause: str, *words: str
) -> None:
    code, case = result
    last = case["steps"][-1]
    assert (code, last["name"], last["outcome"]) == (1, step, "failed"), case
    assert last["diagnosis"]["cause"] == cause
    for word in words:
        assert word in last["diagnosis"]["sentence"]


@pytest.mark.parametrize("helm", ["helm3", "helm4"], indirect=True)
def test_a_release_that_works_passes_and_is_not_changed(
    cluster: Cluster, namespace: str, install: Install, helm_llm: Any
) -> None:
    install()
    before = cluster.get("deployment", "mine-server", "-n", namespace)["metadata"][
        "generation"
    ]
    code, case = helm_llm()
    assert code == 0, case
    assert {
        name for name, outcome in outcomes(case).items() if outcome == "skipped"
    } == {"helm test", "key"}
    assert (
        cluster.get("deployment", "mine-server", "-n", namespace)["metadata"][
            "generation"
        ]
        == before
    )
    assert "revision 1" in case["steps"][0]["detail"]


def test_the_api_key_comes_from_its_secret(
    cluster: Cluster, namespace: str, install: Install, helm_llm: Any
) -> None:
    cluster.kubectl(
        "create",
        "secret",
        "generic",
        "clients",
        "-n",
        namespace,
        "--from-literal=token=abc",
    )
    install("--set", "keySecret=clients")
    code, case = helm_llm()
    assert code == 0, case
    assert outcomes(case)["key"] == "passed"


def test_a_service_port_that_leads_nowhere(install: Install, helm_llm: Any) -> None:
    install("--set", "targetPort=9999")
    assert_fails(
        helm_llm(),
        "service",
        "port-mismatch",
        "sends port 80 to container port 9999",
        "8000 (http)",
    )


def test_a_secret_that_is_not_there(install: Install, helm_llm: Any) -> None:
    install("--set", "keySecret=absent")
    assert_fails(
        helm_llm(),
        "ready",
        "secret-missing",
        "needs secret absent, which does not exist",
    )


def test_a_key_that_its_secret_does_not_have(
    cluster: Cluster, namespace: str, install: Install, helm_llm: Any
) -> None:
    cluster.kubectl(
        "create",
        "secret",
        "generic",
        "clients",
        "-n",
        namespace,
        "--from-literal=other=abc",
    )
    install("--set", "keySecret=clients")
    assert_fails(
        helm_llm(),
        "ready",
        "secret-key-missing",
        "the key token, but Secret clients has no such key",
    )


def test_more_gpus_than_any_node_has(
    cluster: Cluster, install: Install, helm_llm: Any
) -> None:
    cluster.advertise("gpu.intel.com/xe", 8)
    install("--set-json", 'resources={"limits":{"gpu.intel.com/xe":64}}')
    assert_fails(
        helm_llm(),
        "ready",
        "gpu-request-too-large",
        "requests 64 gpu.intel.com/xe",
        "the largest node has 8",
    )


def test_an_accelerator_that_no_node_has(install: Install, helm_llm: Any) -> None:
    install("--set-json", 'resources={"limits":{"habana.ai/gaudi":1}}')
    assert_fails(
        helm_llm(),
        "ready",
        "gpu-absent",
        "requests 1 habana.ai/gaudi, but no node offers any",
    )


def test_an_image_that_does_not_exist(install: Install, helm_llm: Any) -> None:
    install("--set", "image=helm-llm/no-such-image:1")
    assert_fails(
        helm_llm(), "ready", "image-pull", "helm-llm/no-such-image:1 cannot be pulled"
    )


def test_an_argument_that_the_engine_does_not_know(
    install: Install, helm_llm: Any
) -> None:
    install("--set-json", 'arguments=["--no-such", "1"]')
    assert_fails(
        helm_llm(), "ready", "engine-argument", "does not know the argument --no-such 1"
    )


def test_a_model_under_another_name(install: Install, helm_llm: Any) -> None:
    install("--set", "listed=other")
    code, case = helm_llm()
    assert code == 1
    assert outcomes(case)["models"] == "failed"
    assert any("does not list acme/tiny" in step["detail"] for step in case["steps"])


def test_a_deadline_of_the_users_own(install: Install, helm_llm: Any) -> None:
    install("--set", "keySecret=absent")
    code, case = helm_llm("--timeout=3s")
    assert code == 1
    assert case["steps"][-1]["detail"].startswith("not ready after 3 s")
    assert case["steps"][-1]["seconds"] < 120


def test_a_runtime_class_that_is_not_there(install: Install, helm_llm: Any) -> None:
    install("--set", "pod.runtimeClassName=absent")
    assert_fails(helm_llm(), "ready", "runtime-class-missing", "RuntimeClass absent")


def test_a_storage_class_that_is_not_there(install: Install, helm_llm: Any) -> None:
    install("--set", "storageClass=absent")
    assert_fails(
        helm_llm(),
        "ready",
        "storage-class-missing",
        "claim mine-cache needs storage class absent",
    )


def test_more_memory_than_the_limit(install: Install, helm_llm: Any) -> None:
    install(
        "--set-json",
        'arguments=["--load-mebibytes=500"]',
        "--set",
        "resources.limits.memory=64Mi",
    )
    assert_fails(
        helm_llm(), "ready", "out-of-memory", "more main memory than its limit of 64Mi"
    )


def test_a_start_longer_than_the_startup_probe_allows(
    install: Install, helm_llm: Any
) -> None:
    install(
        "--set-json", 'arguments=["--load-seconds=500"]', "--set", "startupSeconds=30"
    )
    assert_fails(
        helm_llm(),
        "ready",
        "probe-budget",
        "did not answer within the 30 s of its startup probe",
    )


def test_pods_that_the_namespace_forbids(
    cluster: Cluster, namespace: str, install: Install, helm_llm: Any
) -> None:
    cluster.enforce(namespace, "baseline")
    install("--set", "pod.hostIPC=true")
    assert_fails(helm_llm(), "ready", "pod-security", "baseline")


MONITOR = [
    {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "mine"},
    }
]


def test_a_kind_that_the_cluster_does_not_know(helm_llm: Any) -> None:
    result = helm_llm(
        TINY, "--set", IMAGE, "--set-json", f"objects={json.dumps(MONITOR)}"
    )
    assert_fails(result, "install", "crd-missing", "does not know ServiceMonitor")


DRY = "--dry-run=client", "--output=json"


@pytest.fixture
def webhook(cluster: Cluster, namespace: str) -> Iterator[str]:
    """An admission webhook for Deployments of the namespace, behind which nothing runs."""
    name = f"absent.{namespace}.test"
    hook = {
        "name": name,
        "clientConfig": {"service": {"name": "absent", "namespace": namespace}},
        "rules": [
            {
                "apiGroups": ["apps"],
                "apiVersions": ["v1"],
                "operations": ["*"],
                "resources": ["deployments"],
            }
        ],
        "namespaceSelector": {
            "matchLabels": {"kubernetes.io/metadata.name": namespace}
        },
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
    }
    kind = "ValidatingWebhookConfiguration"
    value = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
    }
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(value | {"webhooks": [hook]}))
    deployment = json.loads(
        cluster.kubectl(
            "create", "deployment", "any", "--image=none", *DRY, "-n", namespace
        )
    )
    soon(
        lambda: name in cluster.refusal(namespace, deployment)
    )  # the API server goes by it a moment later
    yield name
    cluster.kubectl("delete", kind, name)


def test_a_webhook_that_does_not_answer(
    webhook: str, helm_llm: Any, tmp_path: Path
) -> None:
    values = (
        tmp_path / "values.yaml"
    )  # a case of its own, in the namespace that is named
    values.write_text(json.dumps(dict([IMAGE.split("=")])))
    result = helm_llm(TINY, "-f", str(values), "--artifacts", str(tmp_path / "kept"))
    assert_fails(
        result, "install", "webhook-unreachable", f"admission webhook {webhook}"
    )
    objects = json.loads(next(tmp_path.glob("kept/*/objects.json")).read_text())
    assert {"Deployment", "Service"} <= {value["kind"] for value in objects}
