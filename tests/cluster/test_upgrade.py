"""From objects in the shape of the upstream charts to ours, as our READMEs say: the models stay where they are."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

ROOT, UPSTREAM = Path(__file__).parents[2], Path(__file__).parent / "upstream"
IMAGE = f"helm-llm/simulator:{__version__}"
ENGINE = {
    "image": {
        "repository": "helm-llm/simulator",
        "tag": __version__,
        "pullPolicy": "IfNotPresent",
    },
    "tests": {"image": f"helm-llm/curl:{__version__}"},
}
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
NIM = ENGINE | {
    "model": {"name": "meta/llama3-8b-instruct", "ngcAPISecret": "ngc-api"},
    "env": [
        {"name": "SIM_MODEL", "value": "meta/llama3-8b-instruct"},
        {"name": "SIM_GPUS", "value": "1"},
    ],
    "resources": {
        "limits": {"nvidia.com/gpu": None},
        "requests": {"nvidia.com/gpu": None},
    },
    "startupProbe": {"initialDelaySeconds": 1},
}
VLLM = ENGINE | {
    "vllm": {"env": [{"name": "SIM_GPUS", "value": "1"}]},
    "resources": {"limits": {"google.com/tpu": 1}},
    "startupProbe": {"initialDelaySeconds": 1},
    "slowStart": {"enabled": False},
}

Helm = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(cluster: Cluster, namespace: str, helm: str, tmp_path: Path) -> Helm:
    """Run Helm, or `helm llm`, in the namespace, with values if there are any."""

    def run(*argv: str, values: object = None) -> "subprocess.CompletedProcess[str]":
        environment = {
            "KUBECONFIG": cluster.kubeconfig,
            "HELM_BIN": helm,
            "HELM_LLM_HOME": str(tmp_path / "home"),
        }
        program = (
            [sys.executable, "-m", "helm_llm"] if argv[0] == "llm" else [helm, argv[0]]
        )
        command = [
            *program,
            *argv[1:],
            "--namespace",
            namespace,
            *(["-f", "-"] if values else []),
        ]
        given = json.dumps(values) if values else None
        return subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=900,
        )

    return run


def install(
    cluster: Cluster, namespace: str, call: Helm, chart: str, *arguments: str
) -> None:
    done = call(
        "install", "mine", str(UPSTREAM / chart), "--set", f"image={IMAGE}", *arguments
    )
    assert done.returncode == 0, done.stderr
    pods = ("pods", "-l", "app.kubernetes.io/instance=mine", "-n", namespace)
    cluster.kubectl("wait", *pods, "--for=create", "--timeout=300s")
    cluster.kubectl("wait", *pods, "--for=condition=Ready", "--timeout=600s")


def claims(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The claims there are: name -> UID."""
    items = cluster.get("pvc", "-n", namespace)["items"]
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in items}


def assert_works(call: Helm) -> None:
    done = call("llm", "test", "mine")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def secret(cluster: Cluster, namespace: str) -> None:
    """The key that a NIM asks for."""
    cluster.kubectl(
        "create",
        "secret",
        "generic",
        "ngc-api",
        "-n",
        namespace,
        "--from-literal=NGC_API_KEY=absent",
    )


@pytest.mark.usefixtures("secret")
def test_nim_llm_with_a_claim_of_the_users(
    cluster: Cluster, namespace: str, call: Helm
) -> None:
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=CLAIM)
    install(cluster, namespace, call, "nim-llm", "--set", "claimTemplate=false")
    before = (
        claims(cluster, namespace),
        cluster.get("statefulset", "-n", namespace)["items"][0]["metadata"]["uid"],
    )
    done = call(
        "upgrade",
        "mine",
        "charts/nim-llm",
        values=NIM | {"persistence": {"enabled": True, "existingClaim": "models"}},
    )
    assert done.returncode == 0, done.stderr
    assert_works(call)
    (workload,) = cluster.get("statefulset", "-n", namespace)["items"]
    assert (claims(cluster, namespace), workload["metadata"]["uid"]) == before


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("name", ["mine-nim-llm", "mine"], ids=["1.3.0", "1.1.2"])
def test_nim_llm_with_claim_templates(
    name: str, cluster: Cluster, namespace: str, call: Helm
) -> None:
    """They are immutable: Kubernetes refuses, the StatefulSet is orphaned, and its claims are adopted."""
    install(cluster, namespace, call, "nim-llm", "--set", f"statefulSetName={name}")
    before = claims(cluster, namespace)
    assert set(before) == {f"model-store-{name}-0"}
    values = NIM | {"persistence": {"enabled": True}, "statefulSet": {"enabled": True}}
    if name == "mine":
        values |= {"fullnameOverride": "mine", "service": {"name": "mine-nim-llm"}}
    refused = call("upgrade", "mine", "charts/nim-llm", values=values)
    assert refused.returncode == 1
    assert "updates to statefulset spec" in refused.stderr
    cluster.kubectl("delete", "statefulset", name, "-n", namespace, "--cascade=orphan")
    done = call("upgrade", "mine", "charts/nim-llm", values=values)
    assert done.returncode == 0, done.stderr
    assert_works(call)
    assert claims(cluster, namespace) == before


def test_vllm_with_the_only_device(
    cluster: Cluster, namespace: str, call: Helm
) -> None:
    """A rolling update would wait forever for a second device; Recreate has to clear its leftovers too."""
    cluster.advertise("google.com/tpu", 1)
    install(cluster, namespace, call, "vllm")
    before = claims(cluster, namespace)
    done = call("upgrade", "mine", "charts/vllm", values=VLLM)
    if done.returncode:  # Helm 4 for a release of Helm 4: server-side apply keeps what the API server filled in
        assert "spec.strategy.rollingUpdate: Forbidden" in done.stderr
        done = call(
            "upgrade", "mine", "charts/vllm", "--server-side=false", values=VLLM
        )
    assert done.returncode == 0, done.stderr
    assert_works(call)
    (deployment,) = cluster.get("deployment", "-n", namespace)["items"]
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert claims(cluster, namespace) == before
