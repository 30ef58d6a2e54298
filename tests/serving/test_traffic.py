"""Images, environment, ports and ways in as the adapters read them; test_rendered.py compares the rest with Helm."""

from collections.abc import Callable
from typing import Any

import pytest

from helm_llm.serving.read.image import reference
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec

Serving = Callable[[str, dict[str, Any]], ServingSpec]


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest"),
    [
        ("python", "python", "", ""),
        ("python:3.12-alpine", "python", "3.12-alpine", ""),
        ("registry:5000/hub", "registry:5000/hub", "", ""),
        (
            "registry:5000/hub:1.0@sha256:0f1e",
            "registry:5000/hub",
            "1.0",
            "sha256:0f1e",
        ),
        ("hub@sha256:0f1e", "hub", "", "sha256:0f1e"),
    ],
)
def test_an_image_in_one_value(
    text: str, repository: str, tag: str, digest: str
) -> None:
    image = reference("init", Field(text, ("image",)))
    assert (image.repository.value, image.tag.value, image.digest, str(image)) == (
        repository,
        tag,
        digest,
        text,
    )


@pytest.mark.parametrize(
    ("chart", "values", "names"),
    [
        ("nim-llm", {}, ("ngc-secret",)),
        ("nim-llm", {"imagePullSecrets": None}, ()),
        ("nim-llm", {"imagePullSecrets": ["ngc-secret"]}, None),
        ("nim-llm", {"serviceAccount": {"name": "puller"}}, None),
        (
            "nim-llm",
            {"serviceAccount": {"name": "ours", "create": True}},
            ("ngc-secret",),
        ),
        ("vllm", {}, ()),
        ("kserve-vllm", {"serviceAccountName": "puller"}, None),
    ],
)
def test_pull_secrets(
    serving: Serving, chart: str, values: dict[str, Any], names: tuple[str, ...] | None
) -> None:
    found = serving(chart, values).pod.pull_secrets
    assert (found.value if found else None) == names


def test_the_users_variable_counts(serving: Serving) -> None:
    values = {
        "persistence": {"mountPath": "/models/"},
        "vllm": {"env": [{"name": "HF_HOME", "value": "/tmp/home"}]},
    }
    pod = serving("vllm", values).pod
    assert [
        variable.text for variable in pod.variables or () if variable.name == "HF_HOME"
    ] == [
        "/models/huggingface",
        "/tmp/home",
    ]
    last = pod.variable("HF_HOME")
    assert last
    assert (last.path, last.listed) == (("vllm", "env", 0, "value"), True)


@pytest.mark.parametrize(
    ("chart", "values", "listens", "targets"),
    [
        ("nim-llm", {}, 8000, [8000]),
        ("nim-llm", {"model": {"openai_port": 9000}}, 9000, [9000]),
        (
            "nim-llm",
            {"env": [{"name": "NIM_SERVER_PORT", "value": "9000"}]},
            9000,
            [8000],
        ),
        (
            "nim-llm",
            {"env": [{"name": "NIM_SERVER_PORT", "valueFrom": {}}]},
            None,
            [8000],
        ),
        ("nim-llm", {"customCommand": ["/opt/start.sh"]}, None, [8000]),
        ("vllm", {"vllm": {"additionalArgs": ["--port", 9000]}}, 9000, [8000]),
        ("vllm", {"vllm": {"additionalArgs": ["--uds=/run/vllm.sock"]}}, None, [8000]),
        ("vllm", {"service": {"targetPort": 9000}}, 8000, [8000, 9000]),
        ("vllm", {"extraContainers": [{"name": "proxy"}]}, 8000, []),
        ("kserve-vllm", {}, 8080, [8080]),
        (
            "kserve-vllm",
            {"servingRuntime": {"args": ["--model=/mnt/models"]}},
            8000,
            [8080],
        ),
        (
            "kserve-vllm",
            {"servingRuntime": {"args": ["--config=engine.yaml"]}},
            None,
            [8080],
        ),
        ("kserve-vllm", {"servingRuntime": {"useExisting": "shared"}}, None, [8080]),
    ],
)
def test_ports(
    serving: Serving,
    chart: str,
    values: dict[str, Any],
    listens: int | None,
    targets: list[int],
) -> None:
    pod = serving(chart, values).pod
    assert (pod.listens.value if pod.listens else None) == listens
    assert [target.value for target in pod.targets] == targets


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({}, False),
        ({"apiKey": {"existingSecret": "keys"}}, True),
        ({"vllm": {"additionalArgs": ["--api-key=$(KEY)"]}}, True),
        ({"vllm": {"env": [{"name": "VLLM_API_KEY", "value": ""}]}}, False),
        ({"vllm": {"envFrom": [{"secretRef": {"name": "keys"}}]}}, None),
        ({"vllm": {"additionalArgs": ["--config=engine.yaml"]}}, None),
    ],
)
def test_whether_vllm_asks_for_a_key(
    serving: Serving, values: dict[str, Any], asked: bool | None
) -> None:
    assert serving("vllm", values).authenticated is asked


@pytest.mark.parametrize("chart", ["nim-llm", "vllm"])
def test_ways_in(serving: Serving, chart: str) -> None:
    opened = serving(
        chart, {"service": {"type": "NodePort"}, "ingress": {"enabled": True}}
    )
    assert [way.kind for way in opened.exposures] == ["NodePort", "Ingress"]
    assert serving(chart, {}).exposures == ()


@pytest.mark.parametrize(
    ("surge", "unavailable", "pods", "more", "fewer"),
    [
        (None, None, 1, 1, 0),
        (None, None, 4, 1, 1),
        (None, None, 5, 2, 1),
        (0, "50%", 3, 0, 1),
        ("0%", 1, 3, 0, 1),
        ("some", None, 1, None, 0),
    ],
)
def test_pods_of_a_rolling_update(
    serving: Serving,
    surge: Any,
    unavailable: Any,
    pods: int,
    more: int | None,
    fewer: int,
) -> None:
    block = {"maxSurge": surge, "maxUnavailable": unavailable}
    found = serving(
        "vllm", {"strategy": {"type": "RollingUpdate", "rollingUpdate": block}}
    ).rollout
    assert found
    assert (found.more(pods), found.fewer(pods)) == (more, fewer)
