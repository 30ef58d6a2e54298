"""NIM and NIMSecrets: what they refuse, and the chart values they make."""

import subprocess
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

import helm_llm
from helm_llm import NIM, NIMSecrets
from helm_llm.lint.rule import Severity
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.targets.target import Target

Object = dict[str, Any]

CHART = Path(__file__).parents[1] / "charts" / "nim-llm"
SECRETS = NIMSecrets("pull", "api_key", "_FSEC_")
GROUPED = NIMSecrets("pull", "api_key", "_FSEC_", "ngc", "huggingface", "hf_token")
REPOSITORIES = ["acme/a", "acme/b@refs/pr/1"]
PEFT = {"NIM_PEFT_SOURCE": "/opt/nim/peft_adapters"}
LORA: Object = {"env": PEFT, "hf_repo_ids": REPOSITORIES, "lora_adapter_mem": "2Gi"}
EVERYTHING: Object = {
    "secrets": GROUPED,
    "image": "registry.example.com:5000/nim/llama:1.10",
    "health_endpoint": "/health",
    "port": 8002,
    "cpu": 2.5,
    "gpu": 2,
    "mem": "32Gi",
    "shm_size": "24Gi",
    "ephemeral_storage": "9Gi",
    **LORA,
    "env": {
        **PEFT,
        "NIM_MAX_GPU_LORAS": 2,
        "NIM_REUSE": True,
        "NGC_API_KEY": "nvapi-mine",
    },
}


def nim(secrets: NIMSecrets = SECRETS, **arguments: Any) -> NIM:
    return NIM(secrets, **arguments)


def at(tree: Any, path: str) -> Any:
    """What stands at a dotted path; None when nothing does."""
    return reduce(
        lambda node, key: node.get(key) if node else None, path.split("."), tree
    )


def test_errors_come_in_order() -> None:
    """Every fault at once; each is corrected when it has been named."""
    secrets: Object = dict.fromkeys(
        ["ngc_image_secret", "ngc_secret_key", "secrets_prefix"]
    )
    arguments: Object = {"env": ["A=1"], "hf_repo_ids": ["a/x", "b/y", "b/x@v1"]}

    def refused(kind: type[Exception] = ValueError) -> str:
        with pytest.raises(kind) as error:
            NIM(NIMSecrets(**secrets), **arguments)
        return str(error.value)

    assert refused() == "NGC image pull secret must be provided."
    secrets["ngc_image_secret"] = "pull"
    assert refused() == "NGC secret key must be provided."
    secrets["ngc_secret_key"] = "key"
    assert refused() == "Secrets prefix must be provided."
    secrets["secrets_prefix"] = "_FSEC_"
    assert refused() == "env must be a dict."
    for env in ({}, {"NIM_PEFT_SOURCE": ""}):
        arguments["env"] = env
        arguments["lora_adapter_mem"] = None
        assert refused() == "Memory to allocate to download LoRA adapters must be set."
        arguments["lora_adapter_mem"] = "1Gi"
        assert refused() == "NIM_PEFT_SOURCE environment variable must be set."
    arguments["env"] = PEFT
    assert refused() == "LoRA repositories a/x and b/x@v1 would share the directory x."
    arguments["hf_repo_ids"] = ["a/x", "b/y"]
    NIM(NIMSecrets(**secrets), **arguments)


def test_missing_arguments_are_a_type_error() -> None:
    with pytest.raises(TypeError, match="secrets"):
        NIM()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="secrets_prefix"):
        NIMSecrets("pull", "key")  # type: ignore[call-arg]


DIGEST = f"sha256:{'0' * 64}"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (
            "nvcr.io/nim/meta/llama3:1.0.0",
            {"repository": "nvcr.io/nim/meta/llama3", "tag": "1.0.0"},
        ),
        (
            "localhost:5000/llama",
            {"repository": "localhost:5000/llama", "tag": "latest"},
        ),
        ("llama:1", {"repository": "llama", "tag": "1"}),
        (f"a/b@{DIGEST}", {"repository": "a/b", "digest": DIGEST}),
        (f"a:1/b:2@{DIGEST}", {"repository": "a:1/b", "tag": "2", "digest": DIGEST}),
    ],
)
def test_image(image: str, expected: Object) -> None:
    assert nim(image=image).values["image"] == expected


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "meta/llama3-8b-instruct"),
        ({"image": "nvcr.io/nim/nvidia/nemotron"}, "nvidia/nemotron"),
        ({"image": "localhost/nvcr.io/nim/x"}, None),
        ({"env": {"NIM_SERVED_MODEL_NAME": "mine, other"}}, "mine"),
        ({"env": {"NIM_SERVED_MODEL_NAME": ""}, "image": "llama:1"}, None),
    ],
)
def test_model_name(arguments: Object, name: str | None) -> None:
    assert at(nim(**arguments).values, "model.name") == name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            {},
            {
                "imagePullSecrets": [{"name": "pull"}],
                "env": [],
                "model.nimCache": "/opt/nim/.cache",
                "model.openaiPort": 8000,
                "model.ngcAPISecret": "ngc-api",
                "model.ngcAPISecretKey": "api_key",
                "model.hfTokenSecret": None,
                "persistence": {"enabled": False},
                "resources.limits": {
                    "cpu": "1",
                    "memory": "20Gi",
                    "nvidia.com/gpu": "1",
                },
                "sharedMemory.sizeLimit": "16Gi",
                "startupProbe.path": "/v1/health/ready",
                "startupProbe.initialDelaySeconds": 0,
                "startupProbe.failureThreshold": 100,
                "readinessProbe": {"path": "/v1/health/ready"},
                "livenessProbe": None,
                "lora": None,
            },
        ),
        (
            EVERYTHING,
            {
                "env": [
                    {"name": "NIM_MAX_GPU_LORAS", "value": "2"},
                    {"name": "NIM_REUSE", "value": "true"},
                ],
                "model.openaiPort": 8002,
                "service.openaiPort": 8002,
                "model.ngcAPISecret": "ngc",
                "model.hfTokenSecret": "huggingface",
                "model.hfTokenSecretKey": "hf_token",
                "resources.limits": {
                    "cpu": "2.5",
                    "memory": "32Gi",
                    "nvidia.com/gpu": "2",
                    "ephemeral-storage": "9Gi",
                },
                "sharedMemory.sizeLimit": "24Gi",
                "startupProbe.path": "/health",
                "readinessProbe.path": "/health",
                "livenessProbe": {"path": "/health"},
                "lora": {
                    "repositories": REPOSITORIES,
                    "source": "/opt/nim/peft_adapters",
                    "memory": "2Gi",
                },
            },
        ),
        (
            {"health_endpoint": ""},
            {"startupProbe": {"enabled": False}, "readinessProbe": None},
        ),
        (
            {
                "env": {
                    "NIM_CACHE_PATH": "/models",
                    "NIM_LOG_LEVEL": "Debug",
                    "NIM_JSONL_LOGGING": 0,
                    "EMPTY": None,
                }
            },
            {
                "model.nimCache": "/models",
                "model.logLevel": "DEBUG",
                "model.jsonLogging": False,
                "env": [{"name": "EMPTY", "value": ""}],
            },
        ),
        ({"env": {"NIM_JSONL_LOGGING": True}}, {"model.jsonLogging": True}),
        (
            {"env": PEFT},
            {
                "lora": None,
                "env": [{"name": "NIM_PEFT_SOURCE", "value": "/opt/nim/peft_adapters"}],
            },
        ),
        (
            {"secrets": NIMSecrets("pull", "k", "_", hf_token_group="g")},
            {"model.hfTokenSecret": None},
        ),
        (
            {"secrets": NIMSecrets("pull", "k", "_", hf_token_key="t")},
            {"model.hfTokenSecret": "hf-token"},
        ),
    ],
)
def test_values(arguments: Object, expected: Object) -> None:
    values = nim(**arguments).values
    assert {path: at(values, path) for path in expected} == expected
    assert values["resources"]["requests"] == values["resources"]["limits"]


def test_values_are_the_callers_own() -> None:
    server = nim(**EVERYTHING)
    server.values["lora"]["repositories"].clear()
    assert server.values["lora"]["repositories"] == REPOSITORIES


DEPLOYMENTS: dict[str, Object] = {
    "defaults": {},
    "everything": EVERYTHING,
    "no-probe": {"health_endpoint": None},
    "digest": {"image": f"nvcr.io/nim/meta/llama3@{DIGEST}"},
    "settings": {
        "env": {
            "NIM_CACHE_PATH": "/models",
            "NIM_LOG_LEVEL": "info",
            "NIM_JSONL_LOGGING": "1",
        }
    },
}


@pytest.fixture(params=DEPLOYMENTS)
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The values file of each deployment in turn."""
    file = tmp_path / "values.yaml"
    file.write_text(nim(**DEPLOYMENTS[request.param]).to_yaml(), "utf-8")
    return file


def test_values_lint_without_errors(deployment: Path) -> None:
    run = Run(RULES)
    run.lint(Target(str(CHART), (str(deployment),)))
    assert [
        each for each in run.report().findings if each.rule.severity is Severity.ERROR
    ] == []


@pytest.fixture(scope="module")
def container(helm3: str) -> Callable[[Path], Object]:
    def container(values: Path) -> Object:
        command = [
            helm3,
            "template",
            "r",
            str(CHART),
            "--kube-version",
            "1.34.0",
            "--values",
            str(values),
        ]
        rendered = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        (pod,) = (
            each["spec"]
            for each in yaml.safe_load_all(rendered)
            if each and each["kind"] == "StatefulSet"
        )
        return dict(pod["template"]["spec"]["containers"][0])

    return container


def test_values_render(deployment: Path, container: Callable[[Path], Object]) -> None:
    assert container(deployment)["image"].startswith(
        ("nvcr.io/nim/meta/llama3", "registry.example.com:5000/nim/llama:")
    )


def test_texts_stay_texts(tmp_path: Path, container: Callable[[Path], Object]) -> None:
    texts = [
        "1e3",
        "08",
        "0o17",
        "1_000",
        "y",
        "~",
        "",
        "null",
        "10:30",
        "2024-01-01",
        "a: b\n#c",
        " x ",
        ".5",
        "é",
    ]
    env = {f"TEXT_{number}": text for number, text in enumerate(texts)}
    file = tmp_path / "values.yaml"
    file.write_text(nim(env=env).to_yaml(), "utf-8")
    rendered = {each["name"]: each.get("value") for each in container(file)["env"]}
    assert {name: rendered[name] for name in env} == env


def test_base_url_and_what_the_plugins_users_read() -> None:
    server = nim(**EVERYTHING)
    assert server.base_url == "http://localhost:8002"
    assert (server._image, server._port) == (EVERYTHING["image"], 8002)
    assert (server._cpu, server._gpu, server._mem, server._shm_size) == (
        2.5,
        2,
        "32Gi",
        "24Gi",
    )
    assert server._health_endpoint == "/health"


def test_the_package_imports_nothing() -> None:
    program = "import sys; before = {*sys.modules}; import helm_llm; print(*{*sys.modules} - before); helm_llm.NIM"
    out = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    assert out.split() == ["helm_llm"]
    with pytest.raises(AttributeError, match="no attribute 'NIMs'"):
        getattr(helm_llm, "NIMs")  # noqa: B009
