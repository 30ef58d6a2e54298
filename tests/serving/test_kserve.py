"""What the spec of kserve-vllm says is what its objects say together, as KServe merges them."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.engines.parser import parse
from helm_llm.engines.release import release
from helm_llm.engines.table import newest, table
from helm_llm.facts import Facts
from helm_llm.serving import spec_of
from helm_llm.serving.spec.spec import ServingSpec

CHART = Path(__file__).parents[2] / "charts" / "kserve-vllm"
SCENARIOS = sorted((CHART / "ci").glob("*-values.yaml"))
APP_VERSION = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]

Object = dict[str, Any]
Serving = Callable[[str, Object], ServingSpec]


def _render(helm: str, values: Object) -> tuple[Object, Object]:
    """The InferenceService's predictor and the runtime's spec, the latter empty where there is none."""
    command = [helm, "template", "r", str(CHART), "--values", "-"]
    out = subprocess.run(
        command,
        input=yaml.safe_dump(values),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    objects = {each["kind"]: each for each in yaml.safe_load_all(out) if each}
    return objects["InferenceService"]["spec"]["predictor"], objects.get(
        "ServingRuntime", {}
    ).get("spec", {})


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda path: path.name.removesuffix("-values.yaml")
)
class TestAScenario:
    def test_is_what_its_spec_says(
        self, scenario: Path, serving: Serving, helm3: str
    ) -> None:
        values = yaml.safe_load(scenario.read_text()) or {}
        spec, (predictor, runtime) = (
            serving("kserve-vllm", values),
            _render(helm3, values),
        )
        assert (
            spec.resources.limits.keys()
            == predictor["model"].get("resources", {}).get("limits", {}).keys()
        )
        assert (spec.nodes is None) == ("workerSpec" not in predictor)
        assert (spec.rollout is None) == ("deploymentStrategy" not in predictor)
        if spec.autoscaling and spec.autoscaling.minimum:
            assert spec.autoscaling.minimum.value == predictor["minReplicas"]
            assert (
                spec.autoscaling.maximum and spec.autoscaling.maximum.value
            ) == predictor.get("maxReplicas")
        uri = predictor["model"].get("storageUri", "")
        assert (spec.storage.existing_claim is not None) == uri.startswith("pvc://")
        self._pod(spec, predictor, runtime)

    def _pod(self, spec: ServingSpec, predictor: Object, runtime: Object) -> None:
        pod = spec.pod
        assert [
            volume.name for volume in pod.volumes or () if volume.name != "model"
        ] == [volume["name"] for volume in runtime.get("volumes", ())]
        assert pod.placement
        assert list(pod.placement.tolerations.value) == predictor.get("tolerations", [])
        assert [
            {"name": name}
            for name in (pod.pull_secrets.value if pod.pull_secrets else ())
        ] == predictor.get("imagePullSecrets", [])
        if runtime:
            (container,) = runtime["containers"]
            assert str(pod.engine) == container["image"]
            rendered = [
                kind
                for kind in ("startup", "readiness", "liveness")
                if f"{kind}Probe" in container
            ]
            assert (
                pod.probes is None
                or [probe.kind for probe in pod.probes if probe.enabled] == rendered
            )

    def test_starts_an_engine_that_takes_the_arguments(
        self, scenario: Path, serving: Serving, helm3: str
    ) -> None:
        values = yaml.safe_load(scenario.read_text()) or {}
        spec, (predictor, runtime) = (
            serving("kserve-vllm", values),
            _render(helm3, values),
        )
        if not runtime:
            assert spec.command is None
            return
        (container,) = runtime["containers"]
        words = [*container["args"], *predictor["model"]["args"]]
        assert spec.command
        assert [word.value for word in spec.command.words][-len(words) :] == words
        number = release(APP_VERSION)
        assert number
        for options in (table(number), newest()):
            assert options
            assert (
                parse([word.value for word in spec.command.words], options).refused
                == ()
            )


def test_a_group_starts_with_what_its_script_says(serving: Serving) -> None:
    values = {
        "deploymentMode": "Standard",
        "servingTopology": "multiNode",
        "multiNode": {"tensorParallelSize": 4},
    }
    command = serving("kserve-vllm", values).command
    script = (CHART / "files" / "start-head.sh").read_text()
    assert command
    generated = [
        word
        for word in command.words
        if word.path[0] in ("servingTopology", "multiNode")
    ]
    flags = [
        word.value.partition("=")[0]
        for word in generated
        if word.value != "--port=8080"
    ]
    assert flags == [
        line.split("=")[0].strip()
        for line in script.splitlines()
        if line.startswith("  --")
    ]
    assert [
        command.value(flag)
        for flag in ("--tensor-parallel-size", "--pipeline-parallel-size")
    ] == [4, 2]


@pytest.mark.parametrize(
    ("args", "per_pod"),
    [
        ([], 1),
        (["--tensor-parallel-size=4"], 4),
        (["-tp", "2", "-pp", "2"], 4),
        (["--config=x"], None),
    ],
)
def test_ranks_of_one_node_stand_in_the_arguments(
    serving: Serving, args: list[str], per_pod: int | None
) -> None:
    assert serving("kserve-vllm", {"model": {"args": args}}).ranks_per_pod == per_pod


@pytest.mark.parametrize(
    ("values", "pods"),
    [
        ({}, 1),
        ({"scaling": {"maxReplicas": 5}}, 5),
        ({"scaling": {"minReplicas": 0}}, 1),
        ({"scaling": {"minReplicas": 3, "maxReplicas": 2}}, 3),
        ({"scaling": {"maxReplicas": 0}}, None),
        (
            {
                "deploymentMode": "Standard",
                "scaling": {"minReplicas": 2, "maxReplicas": 0},
            },
            2,
        ),
        ({"servingTopology": "multiNode", "multiNode": {"pipelineParallelSize": 3}}, 3),
        ({"servingTopology": "twoNodes"}, None),
    ],
)
def test_pods(serving: Serving, values: Object, pods: int | None) -> None:
    found = serving("kserve-vllm", values).pods
    assert (found and found.value) == pods


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ({}, 1800),
        ({"scaling": {"serverless": {"timeout": "1h30m0.5s"}}}, 5400),
        ({"deploymentMode": "RawDeployment"}, 1800),
        (
            {
                "deploymentMode": "RawDeployment",
                "startupProbe": {"failureThreshold": 6},
            },
            60,
        ),
        ({"deploymentMode": "RawDeployment", "startupProbe": {"enabled": False}}, None),
        ({"servingTopology": "multiNode"}, None),
        ({"servingRuntime": {"useExisting": "theirs"}}, None),
    ],
)
def test_seconds_to_start(
    serving: Serving, values: Object, seconds: int | None
) -> None:
    startup = serving("kserve-vllm", values).startup
    assert (startup and startup.seconds) == seconds


@pytest.mark.parametrize(
    ("uri", "image"),
    [
        ("oci://quay.io/acme/models:granite-3b", "quay.io/acme/models:granite-3b"),
        ("oci://localhost:5000/granite", "localhost:5000/granite"),
        (
            "oci+native://quay.io/acme/granite@sha256:00",
            "quay.io/acme/granite@sha256:00",
        ),
        ("pvc://models/granite", None),
    ],
)
def test_a_model_may_be_an_image(serving: Serving, uri: str, image: str | None) -> None:
    images = serving("kserve-vllm", {"model": {"uri": uri}}).pod.images
    assert images
    assert next((str(each) for each in images if each.role == "model"), None) == image


def test_variables_of_the_service_replace_those_of_the_runtime(
    serving: Serving,
) -> None:
    env = [
        {"name": "HF_HOME", "value": "/cache"},
        {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf"}}},
    ]
    pod = serving("kserve-vllm", {"model": {"env": env}}).pod
    assert pod.variables
    assert [(one.name, one.text) for one in pod.variables] == [
        ("HF_HOME", "/cache"),
        ("HF_TOKEN", None),
    ]


def test_a_runtime_of_the_platforms_is_unknown(serving: Serving) -> None:
    spec = serving(
        "kserve-vllm",
        {"servingRuntime": {"useExisting": "theirs"}, "model": {"args": ["-tp=2"]}},
    )
    assert (spec.command, spec.pod.engine, spec.pod.probes, spec.pod.listens) == (
        None,
        None,
        None,
        None,
    )
    assert spec.ranks_per_pod == 2


def test_the_version_comes_from_facts_or_the_public_image(serving: Serving) -> None:
    values = serving("kserve-vllm", {}).values
    spec = spec_of(values, Facts(vllm="0.11.0"))
    assert spec
    assert spec.command
    assert spec.command.release == (0, 11, 0)
    public = serving(
        "kserve-vllm",
        {"image": {"image": "docker.io/vllm/vllm-openai", "tag": "v0.12.0"}},
    )
    assert public.command
    assert public.command.release == (0, 12, 0)
    default = serving("kserve-vllm", {})
    assert default.command
    assert default.command.release is None
    replaced = serving("kserve-vllm", {"servingRuntime": {"command": ["/start.sh"]}})
    assert replaced.command is None
