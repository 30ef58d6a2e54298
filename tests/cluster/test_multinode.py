"""nim-llm over several nodes with the real controllers: real SSH and Open MPI between the pods, and a simulated engine.

All pods are on the one node of the cluster: nothing is shown of shared volumes, GPUs and the networks between nodes.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

CHART = Path(__file__).parents[2] / "charts/nim-llm"
SMALL = {
    "replicaCount": 1,
    "persistence": {"enabled": False},  # no class here makes volumes for several nodes
    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    "startupProbe": {
        "initialDelaySeconds": 1,
        "periodSeconds": 1,
        "timeoutSeconds": 10,
    },
    "readinessProbe": {
        "initialDelaySeconds": 0,
        "periodSeconds": 1,
        "timeoutSeconds": 10,
    },
}


def passed(
    cluster: Cluster, namespace: str, helm: str, scenario: str, directory: Path
) -> dict[str, Any]:
    """The steps of a scenario that works; its release stays."""
    cluster.advertise("nvidia.com/gpu", 256)
    values = directory / "small.yaml"
    values.write_text(json.dumps(SMALL))
    code, (case,) = cluster.helm_llm_test(
        helm,
        directory / "home",
        "mine",
        str(CHART),
        f"--namespace={namespace}",
        "--simulate",
        "--keep",
        f"--values={CHART}/ci/{scenario}-values.yaml",
        f"--values={values}",
        HELM_LLM_SIMULATOR_IMAGE=f"helm-llm/group:{__version__}",
    )
    assert code == 0, case
    return {step["name"]: step for step in case["steps"]}


def ranks(cluster: Cluster, namespace: str, pod: str) -> set[int]:
    """Those that mpirun started in a pod."""
    read = "tr '\\0' '\\n' < {} 2>/dev/null | grep ^OMPI_COMM_WORLD_RANK="
    script = f"for file in /proc/[0-9]*/environ; do {read.format('$file')}; done; true"
    lines = cluster.kubectl(
        "exec", "-n", namespace, pod, "--", "sh", "-c", script
    ).splitlines()
    return {int(line.partition("=")[2]) for line in lines}


def test_a_leader_starts_the_ranks_of_its_group(
    cluster: Cluster, namespace: str, helm3: str, tmp_path: Path
) -> None:
    steps = passed(cluster, namespace, helm3, "lws", tmp_path)
    assert steps["helm test"]["outcome"] == "passed"
    assert ranks(cluster, namespace, "mn-mine-nim-llm-0") == set(range(8))
    assert ranks(cluster, namespace, "mn-mine-nim-llm-0-1") == set(range(8, 16))


def test_an_image_starts_its_own_cluster(
    cluster: Cluster, namespace: str, helm3: str, tmp_path: Path
) -> None:
    steps = passed(cluster, namespace, helm3, "lws-image-launcher", tmp_path)
    assert steps["helm test"]["outcome"] == "passed"


def test_a_launcher_starts_the_ranks_of_its_workers(
    cluster: Cluster, namespace: str, helm3: str, tmp_path: Path
) -> None:
    steps = passed(cluster, namespace, helm3, "mpijob", tmp_path)
    assert steps["helm test"]["outcome"] == "passed"
    assert ranks(cluster, namespace, "mn-mine-nim-llm-0-worker-0") == set(range(8))
    assert ranks(cluster, namespace, "mn-mine-nim-llm-0-worker-1") == set(range(8, 16))
