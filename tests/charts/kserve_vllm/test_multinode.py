"""Several nodes: Ray head and workers, their scripts with a ray and a python3 that write down how they are called."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]
Part = Callable[..., Object]


@pytest.fixture
def worker(runtime: Part) -> Part:
    """worker(values): the container of the workers."""

    def worker(values: Object) -> Object:
        (container,) = runtime(values=values)["spec"]["workerSpec"]["containers"]
        found: Object = container
        return found

    return worker


def test_workers_get_what_the_head_gets(predictor: Part, multi_node: Object) -> None:
    """U3, U15: GPUs on the container, and the workers' own pull secrets and selector."""
    values = {
        **multi_node,
        "nodeSelector": {"gpu": "a100"},
        "imagePullSecrets": [{"name": "registry"}],
        "resources": {
            "limits": {"nvidia.com/gpu": 2},
            "requests": {"nvidia.com/gpu": 2},
        },
    }
    head = predictor(values=values)
    workers = head["workerSpec"]
    assert workers["containers"] == [
        {"name": "worker-container", "resources": head["model"]["resources"]}
    ]
    assert head["model"]["resources"]["limits"]["nvidia.com/gpu"] == "2"
    assert "resources" not in workers
    for key in ("nodeSelector", "imagePullSecrets", "tolerations"):
        assert workers[key] == head[key]


@pytest.mark.parametrize("platform", ["kserve", "openshift-ai"])
def test_the_platform_decides(
    service: Part, server: Part, worker: Part, multi_node: Object, platform: str
) -> None:
    """U20: only OpenShift AI mounts the certificates."""
    values = {**multi_node, "multiNode": {"platform": platform}}
    theirs = platform == "openshift-ai"
    scaler = service(values=values)["metadata"]["annotations"][
        "serving.kserve.io/autoscalerClass"
    ]
    assert scaler == ("external" if theirs else "none")
    for container in (server(values=values), worker(values)):
        assert ("RAY_USE_TLS" in [each["name"] for each in container["env"]]) == theirs


def test_groups_are_not_scaled(predictor: Part, multi_node: Object) -> None:
    scaling = {"maxReplicas": 3, "scaleMetric": "cpu", "scaleTarget": 50}
    found = predictor(values={**multi_node, "scaling": scaling})
    assert not {"maxReplicas", "scaleMetric", "scaleTarget"} & set(found)


def test_both_objects_name_the_sizes(
    predictor: Part, runtime: Part, multi_node: Object
) -> None:
    sizes = {"pipelineParallelSize": 3, "tensorParallelSize": 2}
    values = {**multi_node, "multiNode": {"platform": "kserve", **sizes}}
    for workers in (
        predictor(values=values)["workerSpec"],
        runtime(values=values)["spec"]["workerSpec"],
    ):
        assert {key: workers[key] for key in sizes} == sizes


def test_variables_of_the_user_replace_those_of_the_chart(
    server: Part, worker: Part, multi_node: Object
) -> None:
    env = [
        {"name": "HOME", "value": "/home/vllm"},
        {"name": "NCCL_DEBUG", "value": "INFO"},
    ]
    values = {**multi_node, "servingRuntime": {"env": env}}
    for container in (server(values=values), worker(values)):
        names = [each["name"] for each in container["env"]]
        assert len(names) == len(set(names))
        assert container["env"][-2:] == env


def test_kserve_finds_no_template_in_the_scripts(chart: Path) -> None:
    assert not [
        script.name for script in chart.glob("files/*.sh") if "{{" in script.read_text()
    ]


RAY = """
echo "ray $*" >> "$LOG"
case $1 in
  status) tail -n +1 "$NODES" ;;
  health-check) [ -e "$NODES" ] ;;
esac
"""
PYTHON = """
for word; do echo "<$word>" >> "$LOG"; done
"""
SLEEP = """
echo ' 1 node_b' >> "$NODES"
"""


@pytest.fixture
def bash(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """bash(command, nodes=..., **variables): exit status, and what the fake programs wrote down."""
    for name, text in {"ray": RAY, "python3": PYTHON, "sleep": SLEEP}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh{text}")
        program.chmod(0o755)
    log, listed = tmp_path / "log", tmp_path / "nodes"

    def bash(command: list[str], nodes: int = 0, **variables: str) -> tuple[int, str]:
        log.write_text("")
        listed.unlink(missing_ok=True)
        if nodes:
            listed.write_text(" 1 node_a\n" * nodes)
        paths = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "LOG": str(log),
            "NODES": str(listed),
        }
        done = subprocess.run(
            command,
            env=paths | variables,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, log.read_text() + done.stdout

    return bash


Bash = Callable[..., tuple[int, str]]
SIZES = {"PIPELINE_PARALLEL_SIZE": "2", "TENSOR_PARALLEL_SIZE": "4"}
HEAD = {
    "RAY_ADDRESS": "127.0.0.1:6379",
    "RAY_PORT": "6379",
    "POD_NAMESPACE": "llm",
    **SIZES,
}
WORKER = {"HEAD_SVC": "granite-head-1", "POD_NAMESPACE": "llm", **SIZES}


def test_the_head_waits_for_the_workers_and_keeps_arguments_whole(
    server: Part, bash: Bash, multi_node: Object
) -> None:
    """U11, U12: at least as many nodes as KServe counts, and JSON is one word."""
    container = server(values=multi_node)
    arguments = [
        "--served-model-name=granite",
        '--override-generation-config={"temperature": 0.2}',
    ]
    command = [*container["command"], *container["args"], *arguments]
    code, log = bash(
        command, nodes=1, **HEAD, RAY_NODE_COUNT="3", MODEL_DIR="/mnt/models"
    )
    assert code == 0
    assert log.count("ray status") == 3, "two nodes are still missing at first"
    assert [line.strip("<>") for line in log.splitlines() if line.startswith("<")] == [
        *(
            "-m",
            "vllm.entrypoints.openai.api_server",
            "--distributed-executor-backend=ray",
            "--model=/mnt/models",
        ),
        *(
            "--tensor-parallel-size=4",
            "--pipeline-parallel-size=2",
            "--port=8080",
            *arguments,
        ),
    ]


def test_more_nodes_than_asked_for_are_enough(
    server: Part, bash: Bash, multi_node: Object
) -> None:
    """U11: upstream waited for exactly as many, without a limit."""
    container = server(values=multi_node)
    code, log = bash([*container["command"], *container["args"]], nodes=4, **HEAD)
    assert (code, log.count("ray status")) == (0, 1)


def test_a_worker_joins_once_the_head_answers(
    worker: Part, bash: Bash, multi_node: Object
) -> None:
    container = worker(multi_node)
    code, log = bash([*container["command"], *container["args"]], **WORKER)
    assert code == 0
    assert log.count("ray health-check") == 2
    assert "ray start --address=granite-head-1.llm.svc:6379 --block" in log


@pytest.mark.parametrize(("nodes", "code"), [(1, 1), (2, 0), (3, 0)])
def test_a_worker_lives_while_the_group_is_complete(
    worker: Part, bash: Bash, multi_node: Object, nodes: int, code: int
) -> None:
    probe = worker(multi_node)["livenessProbe"]["exec"]["command"]
    found, log = bash(probe, nodes=nodes, **WORKER)
    assert found == code
    assert "ray status --address granite-head-1.llm.svc:6379" in log
    assert (f"{nodes} of 2 Ray nodes have joined" in log) == bool(code)


def test_probes_ask_the_head_whatever_the_model_is_called(
    worker: Part, server: Part, bash: Bash, multi_node: Object, tmp_path: Path
) -> None:
    """U10: upstream looked for the name of the InferenceService among the models."""
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\necho "curl $*" >> "$LOG"\n[ -z "$DOWN" ]\n')
    curl.chmod(0o755)
    values = {**multi_node, "model": {"modelNameOverride": "other"}}
    for container, variables, host in (
        (worker(values), WORKER, "granite-head-1.llm.svc"),
        (server(values=values), HEAD, "127.0.0.1"),
    ):
        probe = container["startupProbe"]["exec"]["command"]
        code, log = bash(probe, nodes=2, **variables)
        assert (code, f"http://{host}:8080/health" in log) == (0, True)
        assert bash(probe, nodes=2, DOWN="1", **variables)[0] == 1
        assert bash(probe, nodes=1, **variables)[0] == 1
    assert "ray" not in server(values=values)["readinessProbe"]["exec"]["command"][-1]
