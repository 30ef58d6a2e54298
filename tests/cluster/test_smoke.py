"""The cluster itself: what every test of a chart takes for granted."""

import json
from pathlib import Path
from typing import Any

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

PYTHON, CURL = f"helm-llm/simulator:{__version__}", f"helm-llm/curl:{__version__}"
REQUESTS = {"cpu": "10m", "memory": "32Mi"}

CHART = {
    "Chart.yaml": "{apiVersion: v2, name: tiny, version: 0.1.0}",
    "templates/server.yaml": f"""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: tiny
spec:
  selector:
    matchLabels: {{app: tiny}}
  template:
    metadata:
      labels: {{app: tiny}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: server
          image: {PYTHON}
          command: [python3, -m, http.server, "8000"]
          readinessProbe:
            httpGet: {{path: /, port: 8000}}
            periodSeconds: 1
            timeoutSeconds: 10
          resources:
            requests: {json.dumps(REQUESTS)}
---
apiVersion: v1
kind: Service
metadata:
  name: tiny
spec:
  selector: {{app: tiny}}
  ports: [{{port: 80, targetPort: 8000}}]
""",
    "templates/test.yaml": f"""
apiVersion: v1
kind: Pod
metadata:
  name: tiny-test
  annotations: {{helm.sh/hook: test}}
spec:
  restartPolicy: Never
  containers:
    - name: curl
      image: {CURL}
      command:
        - sh
        - -c
        - curl -fsS --retry 300 --retry-delay 1 --retry-all-errors http://tiny/ | tr A-Z a-z | sed -n 1p | grep doctype
      resources:
        requests: {json.dumps(REQUESTS)}
""",
}


def pod(command: str, *, resources: dict[str, Any] | None = None, **spec: Any) -> str:
    container = {
        "name": "main",
        "image": PYTHON,
        "command": ["sh", "-c", command],
        "resources": {"requests": REQUESTS} | (resources or {}),
        "volumeMounts": [
            {"name": volume["name"], "mountPath": "/data"}
            for volume in spec.get("volumes", [])
        ],
    }
    metadata = {"name": "pod"}
    body = {
        "containers": [container],
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
    } | spec
    return json.dumps(
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": body}
    )


def succeeded(cluster: Cluster, namespace: str) -> str:
    """Wait for the pod's end and return what it printed."""
    cluster.kubectl(
        "wait",
        "-n",
        namespace,
        "pod/pod",
        "--for=jsonpath={.status.phase}=Succeeded",
        "--timeout=600s",
    )
    return cluster.kubectl("logs", "-n", namespace, "pod")


def test_every_node_is_ready(cluster: Cluster) -> None:
    cluster.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=600s")


def test_services_have_names(cluster: Cluster, namespace: str) -> None:
    code = "import socket; print(socket.gethostbyname('kubernetes.default.svc.cluster.local'))"
    cluster.kubectl(
        "apply", "-n", namespace, "-f", "-", stdin=pod(f'python3 -c "{code}"')
    )
    service = cluster.get("service", "kubernetes", "-n", "default")
    assert succeeded(cluster, namespace).strip() == service["spec"]["clusterIP"]


def test_a_claim_without_class_is_bound(cluster: Cluster, namespace: str) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "claim"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Mi"}},
        },
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "claim"}}]
    writer = pod(
        "echo kept > /data/file && cat /data/file",
        volumes=volumes,
        securityContext={"runAsUser": 1000},
    )
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(claim))
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=writer)
    assert succeeded(cluster, namespace) == "kept\n"
    assert cluster.get("pvc", "claim", "-n", namespace)["status"]["phase"] == "Bound"


def test_a_pod_with_gpus_runs_where_they_are_advertised(
    cluster: Cluster, namespace: str
) -> None:
    gpus = {"limits": {"amd.com/gpu": "2"}}  # a kind that no other test needs
    cluster.advertise("amd.com/gpu", 1)
    cluster.kubectl(
        "apply", "-n", namespace, "-f", "-", stdin=pod("echo scheduled", resources=gpus)
    )
    cluster.kubectl(
        "wait",
        "-n",
        namespace,
        "pod/pod",
        "--for=condition=PodScheduled=False",
        "--timeout=300s",
    )
    cluster.advertise("amd.com/gpu", 8)
    assert succeeded(cluster, namespace) == "scheduled\n"


def test_helm_installs_and_tests_a_release(
    cluster: Cluster, namespace: str, helm: str, tmp_path: Path
) -> None:
    for name, text in CHART.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    release = ("--namespace", namespace, "--timeout", "10m")
    cluster.run(helm, "upgrade", "--install", "tiny", str(tmp_path), "--wait", *release)
    assert "Phase:          Succeeded" in cluster.run(helm, "test", "tiny", *release)
    cluster.run(helm, "uninstall", "tiny", *release)
