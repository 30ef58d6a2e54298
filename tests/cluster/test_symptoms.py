"""What a page promises of its bad example happens in a cluster; the good example is taken.

Objects are created as dry runs where the API server's own word is enough, which is what happens at admission.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.lint.targets.target import Target
from tests import symptoms
from tests.cluster.conftest import Cluster, soon
from tests.cluster.test_smoke import pod, succeeded
from tests.rules.cases import BY_ID, CASES, example, rendered, target_of, text_of

pytestmark = pytest.mark.cluster

Refusal = Callable[[Target], str]
Apply = Callable[[str, str], None]


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def _bad_cases() -> list[Path]:
    """Those of the rules in the table, but for KServe's: pods are checked when its controller makes them."""
    bad = (
        case
        for case in CASES
        if case.parent.name in symptoms.API_SERVER and "# expect" in text_of(case)
    )
    return [
        case
        for case in bad
        if _name(case) not in symptoms.TAKEN
        and "# chart: kserve-vllm" not in text_of(case)
    ]


@pytest.fixture
def refusal(cluster: Cluster, helm3: str) -> Refusal:
    """Why the API server refuses what Helm renders; empty if it takes everything."""
    command = [
        "kubectl",
        "--kubeconfig",
        cluster.kubeconfig,
        "create",
        "--dry-run=server",
        "--filename=-",
    ]

    def ask(of: Target) -> str:
        manifests = rendered(helm3, of, "--skip-schema-validation")
        assert manifests.returncode == 0, manifests.stderr
        done = subprocess.run(
            command, input=manifests.stdout, capture_output=True, text=True, timeout=300
        )
        return done.stderr if done.returncode else ""

    return ask


@pytest.fixture
def apply(cluster: Cluster, namespace: str, helm3: str, tmp_path: Path) -> Apply:
    """Create what an example of a page renders to; of KServe's modes the one that needs no Knative."""

    def create(id: str, heading: str) -> None:
        of = example(BY_ID[id], heading, tmp_path)
        options = (
            ("--set", "deploymentMode=RawDeployment")
            if of.chart.endswith("kserve-vllm")
            else ()
        )
        cluster.kubectl(
            "apply",
            "-n",
            namespace,
            "-f",
            "-",
            stdin=_but_tests(rendered(helm3, of, *options).stdout),
        )

    return create


@pytest.mark.parametrize("id", symptoms.API_SERVER)
def test_the_api_server_refuses_the_bad_example_only(
    id: str, refusal: Refusal, tmp_path: Path
) -> None:
    assert re.search(
        symptoms.API_SERVER[id], refusal(example(BY_ID[id], "Bad", tmp_path))
    )
    assert refusal(example(BY_ID[id], "Good", tmp_path)) == ""


@pytest.mark.parametrize("case", _bad_cases(), ids=_name)
def test_the_api_server_refuses_a_bad_case(case: Path, refusal: Refusal) -> None:
    assert re.search(
        symptoms.API_SERVER[case.parent.name], refusal(target_of(case, text_of(case)))
    )


@pytest.mark.parametrize(
    "case", [case for case in CASES if _name(case) in symptoms.TAKEN], ids=_name
)
def test_the_api_server_takes_some_that_do_not_work(
    case: Path, refusal: Refusal
) -> None:
    assert refusal(target_of(case, text_of(case))) == ""


def test_a_mount_covers_one_whose_path_has_no_slash_at_its_end(
    cluster: Cluster, namespace: str
) -> None:
    spec = json.loads(
        pod(
            "df --output=fstype /data | tail -n 1",
            volumes=[{"name": "disk", "emptyDir": {}}],
        )
    )
    spec["spec"]["volumes"].append({"name": "memory", "emptyDir": {"medium": "Memory"}})
    spec["spec"]["containers"][0]["volumeMounts"].append(
        {"name": "memory", "mountPath": "/data/"}
    )
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(spec))
    assert succeeded(cluster, namespace).strip() == "tmpfs"


@pytest.mark.parametrize(("heading", "appears"), [("Bad", False), ("Good", True)])
@pytest.mark.parametrize(
    ("id", "level"),
    [
        ("pod-security-level-violated", "restricted"),
        ("privileged-container", "baseline"),
    ],
)
def test_pods_of_a_deployment_are_refused(
    id: str,
    level: str,
    heading: str,
    appears: bool,
    cluster: Cluster,
    namespace: str,
    apply: Apply,
) -> None:
    cluster.enforce(namespace, level)
    apply(id, heading)
    if appears:
        assert soon(lambda: cluster.get("pods", "-n", namespace)["items"])
        return
    said = f'violates PodSecurity "{level}:latest"'  # the ServiceAccount may not be seen yet at the first try
    assert soon(
        lambda: [
            m
            for m in _failures(cluster.get("replicasets", "-n", namespace)["items"])
            if said in m
        ]
    )
    assert cluster.get("pods", "-n", namespace)["items"] == []


@pytest.mark.parametrize("id", symptoms.KSERVE)
def test_kserve_says_it(
    id: str, cluster: Cluster, namespace: str, apply: Apply
) -> None:
    apply(id, "Bad")
    assert soon(
        lambda: [
            text
            for text in _events(cluster, namespace)
            if re.search(symptoms.KSERVE[id], text)
        ]
    )
    assert cluster.get("deployments", "-n", namespace)["items"] == []


@pytest.mark.parametrize("id", symptoms.KSERVE)
def test_kserve_makes_a_deployment_of_the_good_example(
    id: str, cluster: Cluster, namespace: str, apply: Apply
) -> None:
    apply(id, "Good")
    assert soon(lambda: cluster.get("deployments", "-n", namespace)["items"])


@pytest.mark.parametrize(("heading", "workers"), [("Bad", 3), ("Good", 1)])
def test_kserve_divides_the_ranks_by_the_gpus(
    heading: str, workers: int, cluster: Cluster, namespace: str, apply: Apply
) -> None:
    """Tensor parallel 2 and pipeline parallel 2 are one head and one worker, if each has two GPUs."""
    apply("tensor-parallel-differs-from-node-gpus", heading)
    heads_and_workers = soon(
        lambda: _pairs(cluster.get("deployments", "-n", namespace)["items"])
    )
    assert [found["spec"]["replicas"] for found in heads_and_workers] == [1, workers]


def test_shares_leave_a_pod_pending(
    cluster: Cluster, namespace: str, helm3: str, tmp_path: Path
) -> None:
    """With kube-scheduler, which knows as little of shares as Volcano, and the devices that HAMi's plugin counts."""
    of = example(BY_ID["vgpu-scheduler-foreign"], "Bad", tmp_path)
    (asked,) = (
        found
        for found in yaml.safe_load_all(rendered(helm3, of).stdout)
        if found["kind"] == "Deployment"
    )
    resources = asked["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert asked["spec"]["template"]["spec"]["schedulerName"] == "volcano"
    for counted in ("otterscale.com/vgpu", "phison.com/ai100"):
        cluster.advertise(counted, 8)
    share = {
        "otterscale.com/vgpumem-percentage": 10**6
    }  # other tests let the node have some
    devices = {
        kind: {key: n for key, n in given.items() if "." in key} | share
        for kind, given in resources.items()
    }
    cluster.kubectl(
        "apply", "-n", namespace, "-f", "-", stdin=pod("true", resources=devices)
    )
    (condition,) = soon(
        lambda: _unschedulable(cluster.get("pod", "pod", "-n", namespace))
    )
    assert set(re.findall(r"Insufficient ([\w./-]+\w)", condition["message"])) == {
        "otterscale.com/vgpumem-percentage"
    }


def test_an_image_with_two_tags_is_no_name(
    cluster: Cluster, namespace: str, helm3: str, tmp_path: Path
) -> None:
    of = example(BY_ID["image-tag-inside-repository"], "Bad", tmp_path)
    body = json.loads(pod("true"))
    body["spec"]["containers"][0]["image"] = _container(rendered(helm3, of).stdout)[
        "image"
    ]
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(body))
    assert soon(lambda: _state(cluster, namespace).get("reason")) == "InvalidImageName"


@pytest.mark.parametrize("links", [True, False])
def test_a_service_named_vllm_makes_a_variable(
    links: bool, cluster: Cluster, namespace: str
) -> None:
    service = cluster.kubectl(
        "create",
        "service",
        "clusterip",
        "vllm",
        "--tcp=8000",
        "-n",
        namespace,
        "--output=json",
    )
    cluster.kubectl(
        "apply",
        "-n",
        namespace,
        "-f",
        "-",
        stdin=pod("echo $VLLM_PORT", enableServiceLinks=links),
    )
    uri = f"tcp://{json.loads(service)['spec']['clusterIP']}:8000"
    assert succeeded(cluster, namespace).strip() == (uri if links else "")


@pytest.mark.parametrize(("size", "code"), [("64Mi", 137), ("16Mi", 1)])
def test_a_full_volume_of_memory_ends_a_container(
    size: str, code: int, cluster: Cluster, namespace: str
) -> None:
    """By a kill at a limit of 64 MiB of memory; a smaller volume is only full."""
    volumes = [{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": size}}]
    fill = "exec dd if=/dev/zero of=/data/file bs=1M"
    filled = pod(fill, resources={"limits": {"memory": "64Mi"}}, volumes=volumes)
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=filled)
    assert soon(lambda: _state(cluster, namespace).get("exitCode")) == code


def _unschedulable(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        each
        for each in value["status"].get("conditions", ())
        if each.get("reason") == "Unschedulable"
    ]


def _state(cluster: Cluster, namespace: str) -> dict[str, Any]:
    """Why the pod's container has ended, or cannot begin; empty before."""
    for status in cluster.get("pod", "pod", "-n", namespace)["status"].get(
        "containerStatuses", ()
    ):
        state: dict[str, Any] = (
            status["state"].get("terminated") or status["state"].get("waiting") or {}
        )
        return state if state.get("reason") != "ContainerCreating" else {}
    return {}


def _container(manifests: str) -> dict[str, Any]:
    objects = yaml.safe_load_all(manifests)
    (deployment,) = (
        found for found in objects if found and found["kind"] == "Deployment"
    )
    container: dict[str, Any] = deployment["spec"]["template"]["spec"]["containers"][0]
    return container


def _but_tests(manifests: str) -> str:
    """Without hooks, which Helm does not apply either."""
    return yaml.safe_dump_all(
        found
        for found in yaml.safe_load_all(manifests)
        if found and found["kind"] != "Pod"
    )


def _events(cluster: Cluster, namespace: str) -> list[str]:
    return [
        event["message"] for event in cluster.get("events", "-n", namespace)["items"]
    ]


def _pairs(deployments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The head's and the workers', when there are both."""
    return (
        sorted(deployments, key=lambda found: str(found["metadata"]["name"]))
        if len(deployments) == 2
        else []
    )


def _failures(replica_sets: list[dict[str, Any]]) -> list[str]:
    conditions = (
        each for found in replica_sets for each in found["status"].get("conditions", ())
    )
    return [each["message"] for each in conditions if each["type"] == "ReplicaFailure"]
