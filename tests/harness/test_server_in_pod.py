"""What a pod says of its server."""

from typing import Any

import pytest

from helm_llm.harness.entry_service import Entry, find_entry
from helm_llm.harness.server_in_pod import KeySource, server_in_pod
from tests.harness.shapes import pod


def container(*args: str, **rest: Any) -> dict[str, Any]:
    return {
        "name": "server",
        "image": "vllm/vllm-openai:v0.33.0",
        "args": list(args),
        **rest,
    }


def serving(*args: str, **rest: Any) -> Any:
    return server_in_pod(pod(spec={"containers": [container(*args, **rest)]}))


NAMES = [
    pytest.param(
        ["serve", "Qwen/Qwen3-0.6B", "--port", "8000"],
        ("Qwen/Qwen3-0.6B",),
        id="positional",
    ),
    pytest.param(["--model", "a/b"], ("a/b",), id="model"),
    pytest.param(["api", "--model", "/data/b/"], ("/data/b/",), id="after a word"),
    pytest.param(
        ["sh", "-c", 'exec python3 server.py "$@"', "api", "--model=a/b", "--port=1"],
        ("a/b",),
        id="of a script",
    ),
    pytest.param(
        ["--model=a/b", "--served-model-name", "x", "y", "--port=1"],
        ("x", "y"),
        id="several-names",
    ),
    pytest.param(["--model=a/b", "--served_model_name=x"], ("x",), id="underscores"),
    pytest.param(
        ["--served-model-name=x", "--served-model-name=y"], ("y",), id="last-one-wins"
    ),
    pytest.param(
        ["-c", "exec vllm serve a/b --served-model-name x --port 1"],
        ("x",),
        id="in-a-shell",
    ),
    pytest.param([], (), id="unknown"),
]


@pytest.mark.parametrize(("args", "names"), NAMES)
def test_names_come_from_the_command_line(
    args: list[str], names: tuple[str, ...]
) -> None:
    assert serving(*args).names == names


def test_nim_is_told_its_name_by_a_variable() -> None:
    assert serving(env=[{"name": "NIM_SERVED_MODEL_NAME", "value": "llama"}]).names == (
        "llama",
    )


def secret(name: str, key: str) -> dict[str, Any]:
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def test_the_key_comes_from_the_secret_of_its_variable() -> None:
    found = serving(env=[{"name": "VLLM_API_KEY", **secret("clients", "api-key")}])
    assert found.key == KeySource(secret="clients", key="api-key")


def test_a_key_on_the_command_line_may_name_any_variable() -> None:
    found = serving(
        "--api-key", "$(MINE)", env=[{"name": "MINE", **secret("clients", "token")}]
    )
    assert found.key == KeySource(secret="clients", key="token")


def test_a_key_in_plain_text_is_used_as_it_is() -> None:
    assert serving("--api-key=abc").key == KeySource(text="abc")


def test_a_whole_secret_as_environment_may_hold_the_key() -> None:
    found = serving(envFrom=[{"prefix": "VLLM_", "secretRef": {"name": "clients"}}])
    assert found.key == KeySource(secret="clients", key="API_KEY", certain=False)


def test_a_token_for_downloads_is_no_key_of_the_server() -> None:
    assert (
        serving(
            env=[
                {"name": "HF_TOKEN", **secret("hf", "t")},
                {"name": "NGC_API_KEY", **secret("n", "k")},
            ]
        ).key
        is None
    )


def test_the_engine_is_found_beside_a_sidecar() -> None:
    sidecar = {"name": "proxy", "image": "envoy:1", "ports": [{"containerPort": 15000}]}
    assert (
        server_in_pod(
            pod(spec={"containers": [sidecar, container("--model=a")]})
        ).container
        == "server"
    )


@pytest.mark.parametrize("args", [["--runner", "pooling"], ["--task=embed"]])
def test_a_pooling_model_generates_nothing(args: list[str]) -> None:
    assert not serving(*args).generates


def test_tls_and_root_path() -> None:
    found = serving("--ssl-certfile=/tls/tls.crt", "--root-path", "/llm")
    assert found.tls
    assert found.root_path == "/llm"


def service(
    name: str, *ports: dict[str, Any], headless: bool = False, **selector: str
) -> dict[str, Any]:
    cluster_ip = "None" if headless else "10.96.0.7"
    chosen = selector or {"app.kubernetes.io/instance": "llm"}
    return {
        "metadata": {"name": name},
        "spec": {"selector": chosen, "ports": list(ports), "clusterIP": cluster_ip},
    }


def test_a_service_with_an_address_comes_before_a_headless_one() -> None:
    port = {"port": 8000, "name": "http"}
    found = find_entry(
        pod(), [service("a", port, headless=True), service("b", port)], serving()
    )
    assert found == Entry("service/b", "8000")


def test_the_port_with_the_telling_name_is_taken() -> None:
    metrics, api = (
        {"port": 9090, "name": "metrics"},
        {"port": 80, "name": "http-openai"},
    )
    assert find_entry(pod(), [service("a", metrics, api)], serving()) == Entry(
        "service/a", "80"
    )


def test_without_names_the_port_that_leads_to_the_container_is_taken() -> None:
    found = find_entry(
        pod(),
        [
            service(
                "a", {"port": 1, "targetPort": 9090}, {"port": 2, "targetPort": 8000}
            )
        ],
        serving(ports=[{"containerPort": 8000}]),
    )
    assert found == Entry("service/a", "2")


def test_without_a_service_the_pod_is_asked_itself() -> None:
    others = [service("a", {"port": 80}, app="other")]
    assert find_entry(pod(), others, serving(ports=[{"containerPort": 8123}])) == Entry(
        "pod/llm-0", "8123"
    )
