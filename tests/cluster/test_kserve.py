"""InferenceServices with the real KServe controller: where models come from, and what it accepts and cannot run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

CHART = str(Path(__file__).parents[2] / "charts/kserve-vllm")
SCENARIO = f"{CHART}/ci/raw-pvc-values.yaml"
SMALL = {
    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    "model": {"env": [{"name": "SIM_GPUS", "value": "1"}]},
    "tests": {"image": f"helm-llm/curl:{__version__}"},
}

FILLED_CLAIM = [
    {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Mi"}},
        },
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "download"},
        "spec": {
            "restartPolicy": "Never",
            "volumes": [
                {"name": "models", "persistentVolumeClaim": {"claimName": "models"}}
            ],
            "containers": [
                {
                    "name": "download",
                    "image": f"helm-llm/simulator:{__version__}",
                    "command": [
                        "sh",
                        "-c",
                        "mkdir /models/qwen3-0.6b && echo {} > /models/qwen3-0.6b/config.json",
                    ],
                    "volumeMounts": [{"name": "models", "mountPath": "/models"}],
                }
            ],
        },
    },
]

Test = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def install_and_test(cluster: Cluster, namespace: str, tmp_path: Path) -> Test:
    """`helm install` by hand and `helm llm test mine`: its exit code and the case of its JSON report."""

    def call(helm: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        values = tmp_path / "small.yaml"
        values.write_text(json.dumps(SMALL))
        files = ("-f", SCENARIO, "-f", str(values))
        cluster.run(
            helm, "install", "mine", CHART, "--namespace", namespace, *files, *arguments
        )
        words = ("mine", "-n", namespace)
        code, (case,) = cluster.helm_llm_test(helm, tmp_path / "home", *words)
        return code, case

    return call


def assert_works(result: tuple[int, dict[str, Any]]) -> None:
    code, case = result
    assert code == 0, case
    outcomes = {step["name"]: step["outcome"] for step in case["steps"]}
    assert outcomes["helm test"] == "passed"


def test_a_model_on_a_claim(
    cluster: Cluster, namespace: str, helm4: str, install_and_test: Test
) -> None:
    objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": FILLED_CLAIM})
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=objects)
    succeeded = "--for=jsonpath={.status.phase}=Succeeded"
    cluster.kubectl(
        "wait", "-n", namespace, "pod/download", succeeded, "--timeout=300s"
    )
    assert_works(install_and_test(helm4))


def test_a_model_in_an_image(
    cluster: Cluster, namespace: str, helm3: str, install_and_test: Test
) -> None:
    assert_works(
        install_and_test(
            helm3, "--set", f"model.uri=oci://helm-llm/model:{__version__}"
        )
    )
    (pod,) = cluster.get(
        "pods", "-n", namespace, "-l", "serving.kserve.io/inferenceservice"
    )["items"]
    assert "modelcar" in {container["name"] for container in pod["spec"]["containers"]}


@pytest.mark.parametrize(
    ("setting", "cause", "word"),
    [
        pytest.param(
            "--set=model.uri=ftp://nowhere/model",
            "model-uri",
            "ftp://nowhere/model",
            id="unknown-scheme",
        ),
        pytest.param(
            '--set-json=resources.requests={"nvidia.com/gpu":1}',
            "gpu-not-limited",
            "without a limit",
            id="gpu-not-limited",
        ),
        pytest.param(
            "--set=servingRuntime.useExisting=theirs",
            "runtime-missing",
            "theirs",
            id="runtime-missing",
        ),
        pytest.param(
            "--set=deploymentMode=Serverless",
            "knative-absent",
            "needs Knative",
            id="serverless",
        ),
    ],
)
def test_what_kserve_accepts_and_cannot_run(
    setting: str, cause: str, word: str, helm3: str, install_and_test: Test
) -> None:
    code, case = install_and_test(helm3, setting)
    last = case["steps"][-1]
    assert (code, last["name"], last["diagnosis"]["cause"]) == (1, "ready", cause), case
    assert word in last["diagnosis"]["sentence"]
