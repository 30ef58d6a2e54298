"""A real cluster: `make cluster-test` brings one up and names its kubeconfig in HELM_LLM_KUBECONFIG."""

import json
import os
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

LONG = (
    "test_scenarios",
    "test_pytest_plugin",
    "test_multinode",
    "throw_away",
    "node_that_dies",
)
ROOT = Path(__file__).parents[2]
RUNNING = "all,inferenceservices,leaderworkersets,mpijobs"
"""What runs pods, or makes what does."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come early, each with three short ones that mostly wait: at the end none is left to run alone."""
    long = [
        item
        for item in items
        if any(word in item.nodeid for word in LONG)
        and item.get_closest_marker("cluster")
    ]
    short = [item for item in items if item not in long]
    in_turn = (
        [first, *short[3 * index : 3 * index + 3]] for index, first in enumerate(long)
    )
    items[:] = [*chain.from_iterable(in_turn), *short[3 * len(long) :]]


SHARES_THE_HOST = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shares-the-host"},
    "spec": {"hostIPC": True, "containers": [{"name": "main", "image": "none"}]},
}
"""What no level but `privileged` admits."""


def soon(ask: Callable[[], Any]) -> Any:
    """The first answer that is not empty; on a busy machine it takes a while."""
    deadline = time.monotonic() + 300
    while not (answer := ask()):
        assert time.monotonic() < deadline, "nothing appeared"
        time.sleep(0.5)
    return answer


@dataclass(frozen=True, slots=True)
class Cluster:
    kubeconfig: str

    def run(self, *argv: str, stdin: str | None = None) -> str:
        """Standard output of a program that finds the cluster by KUBECONFIG; it must succeed."""
        environment = os.environ | {"KUBECONFIG": self.kubeconfig}
        done = subprocess.run(
            argv,
            input=stdin,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, f"{shlex.join(argv)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def helm_llm_test(
        self,
        helm: str,
        home: Path,
        *arguments: str,
        seconds: int = 1200,
        **variables: str,
    ) -> tuple[int, list[dict[str, Any]]]:
        """`helm llm test` in the root of the repository: its exit code and the cases of its report."""
        argv = [sys.executable, "-m", "helm_llm", "test", *arguments, "--format=json"]
        environment = {
            "KUBECONFIG": self.kubeconfig,
            "HELM_BIN": helm,
            "HELM_LLM_HOME": str(home),
            **variables,
        }
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.stdout, done.stderr
        return done.returncode, list(json.loads(done.stdout)["cases"])

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self.run("kubectl", *arguments, stdin=stdin)

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "--output", "json"))

    def refusal(self, namespace: str, value: Any) -> str:
        """Why the API server would not take an object now; empty when it would."""
        argv = (
            "kubectl",
            "--kubeconfig",
            self.kubeconfig,
            "create",
            "-n",
            namespace,
            "--dry-run=server",
            "-f",
            "-",
        )
        done = subprocess.run(
            argv, input=json.dumps(value), capture_output=True, text=True, timeout=300
        )
        return done.stderr if done.returncode else ""

    def enforce(self, namespace: str, level: str) -> None:
        """A level of pod security, once the API server goes by it."""
        self.kubectl(
            "label",
            "namespace",
            namespace,
            f"pod-security.kubernetes.io/enforce={level}",
        )
        if level != "privileged":
            soon(
                lambda: (
                    f'violates PodSecurity "{level}'
                    in self.refusal(namespace, SHARES_THE_HOST)
                )
            )

    def advertise(self, resource: str, count: int) -> None:
        """Make every node say that it has `count` of an extended resource, as a device plugin would.

        The scheduler believes the node's status, and heartbeats of the kubelet keep what others wrote there; only a
        restart of the kubelet drops it. No device appears in any container.
        """
        quantity = {resource: str(count)}
        patch = json.dumps({"status": {"capacity": quantity, "allocatable": quantity}})
        for node in self.get("nodes")["items"]:
            name = node["metadata"]["name"]
            self.kubectl(
                "patch",
                "node",
                name,
                "--subresource=status",
                "--type=merge",
                f"--patch={patch}",
            )


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster of `make cluster-test`; without one every test that needs it fails."""
    kubeconfig = os.environ.get("HELM_LLM_KUBECONFIG")
    if not kubeconfig:
        pytest.fail(
            "no cluster: HELM_LLM_KUBECONFIG names no kubeconfig; `make cluster-test` brings a cluster up"
        )
    asked = (
        "kubectl",
        "--kubeconfig",
        kubeconfig,
        "--request-timeout=10s",
        "get",
        "--raw",
        "/readyz",
    )
    try:
        ready = subprocess.run(asked, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.fail(
            "kubectl is not on PATH; `make cluster-test` puts the cluster's own there"
        )
    if ready.returncode:
        pytest.fail(
            f"no cluster answers at {kubeconfig}: `make cluster-down cluster` creates it again\n{ready.stderr}"
        )
    return Cluster(kubeconfig)


@pytest.fixture(scope="session")
def used(cluster: Cluster) -> Iterator[list[str]]:
    """Namespaces, removed at the end: each costs some 150 requests, for which other tests would wait."""
    names: list[str] = []
    yield names
    if names:
        cluster.kubectl("delete", "namespace", *names, "--wait=false")


@pytest.fixture
def namespace(cluster: Cluster, used: list[str]) -> Iterator[str]:
    """A namespace of the test's own, ready for pods; what runs in it ends with the test."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    used.append(name)
    cluster.kubectl(
        "wait",
        "--namespace",
        name,
        "--for=create",
        "serviceaccount/default",
        "--timeout=300s",
    )
    yield name
    cluster.kubectl("delete", RUNNING, "--all", "--namespace", name, "--wait=false")
