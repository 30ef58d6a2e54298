"""`helm llm test RELEASE CHART` on a real cluster: install, upgrade, simulate, kind, and what is left afterwards."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helm_llm import __version__
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
TINY = Path(__file__).parent / "tiny"
SMALL = "resources: {limits: {nvidia.com/gpu: 1}, requests: {nvidia.com/gpu: 1}}\n"

Start = Callable[..., "subprocess.Popen[str]"]
Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def tag() -> str:
    """What the names of this test's cases, and so its namespaces, end with: tests run at the same time."""
    return uuid.uuid4().hex[:8]


@pytest.fixture
def tiny(tmp_path: Path, tag: str) -> Path:
    """The small chart, to be changed, with two scenarios."""
    chart = tmp_path / "tiny"
    shutil.copytree(TINY, chart)
    (chart / "ci").mkdir()
    for name in ("one", "two"):
        values = f"{{image: helm-llm/simulator:{__version__}, model: {name}, listed: {name}}}"
        (chart / "ci" / f"{name}-{tag}-values.yaml").write_text(values)
    return chart


@pytest.fixture
def helm(request: pytest.FixtureRequest) -> str:
    """Helm 3, where a test does not ask for both."""
    return str(request.getfixturevalue(getattr(request, "param", "helm3")))


@pytest.fixture
def start(cluster: Cluster, helm: str, tmp_path: Path) -> Start:
    """Start `helm llm test` with a ledger of the test's own."""
    environment = {
        "KUBECONFIG": cluster.kubeconfig,
        "HELM_BIN": helm,
        "HELM_LLM_HOME": str(tmp_path / "home"),
    }

    def call(*arguments: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-m", "helm_llm", "test", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            argv, env=os.environ | environment, stdout=pipe, stderr=pipe, text=True
        )

    return call


@pytest.fixture
def helm_llm(start: Start, tmp_path: Path) -> Run:
    """`helm llm test`; its exit code and the cases of its JSON report. It leaves nothing behind."""

    def call(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
        with start(*arguments, "--format=json") as process:
            out, err = process.communicate(timeout=1200)
        assert out, err
        assert not list((tmp_path / "home" / "runs").iterdir())
        return process.returncode, json.loads(out)["cases"]

    return call


def namespaces(cluster: Cluster, tag: str) -> set[str]:
    """Those that `helm llm test` made for cases of this test."""
    return {name for name in names(cluster, "namespaces") if name.endswith(tag)}


def names(cluster: Cluster, kind: str, *arguments: str) -> set[str]:
    return {item["metadata"]["name"] for item in cluster.get(kind, *arguments)["items"]}


def test_each_scenario_is_a_case_in_a_namespace_of_its_own(
    cluster: Cluster, tiny: Path, tag: str, helm_llm: Run
) -> None:
    code, cases = helm_llm("mine", str(tiny), "-j", "2")
    assert code == 0, cases
    assert [case["name"] for case in cases] == [f"one-{tag}", f"two-{tag}"]
    assert len({case["namespace"] for case in cases}) == 2
    assert namespaces(cluster, tag) == set()


def test_runs_beside_each_other_do_not_meet(tiny: Path, start: Start) -> None:
    with (
        start("mine", str(tiny), "--case=one-*") as first,
        start("mine", str(tiny), "--case=one-*") as second,
    ):
        outputs = [process.communicate(timeout=1200) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs


def test_a_release_that_was_not_there_goes_again(
    cluster: Cluster, namespace: str, tiny: Path, helm_llm: Run
) -> None:
    code, cases = helm_llm(
        "mine", str(tiny), "-f", str(next(tiny.glob("ci/one-*"))), "-n", namespace
    )
    assert code == 0, cases
    assert names(cluster, "deployments", "-n", namespace) == set()


def test_a_release_that_was_there_is_upgraded_and_stays(
    cluster: Cluster, namespace: str, tiny: Path, helm_llm: Run, helm: str
) -> None:
    values = str(next(tiny.glob("ci/one-*")))
    cluster.run(helm, "install", "mine", str(tiny), "-n", namespace, "-f", values)
    code, cases = helm_llm("mine", str(tiny), "-f", values, "-n", namespace)
    assert code == 0, cases
    assert any("revision 2" in step["detail"] for step in cases[0]["steps"])
    assert names(cluster, "deployments", "-n", namespace) == {"mine-server"}


def test_an_upgrade_of_what_may_change(tiny: Path, helm_llm: Run) -> None:
    code, cases = helm_llm("mine", str(tiny), "--case=one-*", f"--upgrade-from={TINY}")
    assert code == 0, cases
    assert [step["name"] for step in cases[0]["steps"]][:4] == [
        "lint",
        "install old",
        "ready",
        "upgrade",
    ]


@pytest.mark.parametrize("helm", ["helm3", "helm4"], indirect=True)
def test_an_upgrade_of_what_never_changes_is_named(tiny: Path, helm_llm: Run) -> None:
    template = tiny / "templates/server.yaml"
    old, new = "{app: {{ .Release.Name }}}", "{app: {{ .Release.Name }}, new: label}"
    template.write_text(template.read_text().replace(old, new))
    code, cases = helm_llm("mine", str(tiny), "--case=one-*", f"--upgrade-from={TINY}")
    last = cases[0]["steps"][-1]
    assert (code, last["name"], last["diagnosis"]["cause"]) == (
        1,
        "upgrade",
        "immutable-field",
    )
    assert "Deployment mine-server" in last["diagnosis"]["sentence"]
    assert "spec.selector" in last["diagnosis"]["sentence"]


def test_what_lint_calls_an_error_is_not_installed(
    cluster: Cluster, namespace: str, tmp_path: Path, helm_llm: Run
) -> None:
    values = tmp_path / "v.yaml"
    values.write_text(f"vllm: {{tensorParallelSize: 4}}\n{SMALL}")
    code, cases = helm_llm(
        "mine", str(ROOT / "charts/vllm"), "-f", str(values), "-n", namespace
    )
    assert (code, [step["name"] for step in cases[0]["steps"]]) == (1, ["lint"])
    assert any(
        "tensor-parallel-exceeds-gpus" in line
        for line in cases[0]["steps"][0]["diagnosis"]["lines"]
    )
    assert names(cluster, "deployments", "-n", namespace) == set()


def test_a_simulated_engine_answers(
    namespace: str, tmp_path: Path, helm_llm: Run
) -> None:
    values = tmp_path / "v.yaml"
    values.write_text(f"apiKey: {{existingSecret: clients, key: token}}\n{SMALL}")
    code, cases = helm_llm(
        "mine",
        str(ROOT / "charts/vllm"),
        "-f",
        str(values),
        "-n",
        namespace,
        "--simulate",
    )
    assert code == 0, cases
    assert {
        step["name"] for step in cases[0]["steps"] if step["outcome"] == "skipped"
    } == set()


def test_ctrl_c_removes_what_was_made(
    cluster: Cluster, tiny: Path, tag: str, start: Start
) -> None:
    with start("mine", str(tiny), "--case=one-*", "--set=keySecret=absent") as process:
        _wait_for(process, "0 of 1 pods")
        assert namespaces(cluster, tag)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=600)
    assert process.returncode == 130
    assert namespaces(cluster, tag) == set()


def test_after_a_kill_clean_leaves_nothing(
    cluster: Cluster, tiny: Path, tag: str, start: Start, tmp_path: Path
) -> None:
    with start("mine", str(tiny), "--case=one-*", "--set=keySecret=absent") as process:
        _wait_for(process, "0 of 1 pods")
        process.kill()
    assert namespaces(cluster, tag)
    with start("--clean") as cleaning:
        out, err = cleaning.communicate(timeout=1200)
    assert cleaning.returncode == 0, out + err
    assert namespaces(cluster, tag) == set()
    assert not list((tmp_path / "home/runs").iterdir())


@pytest.fixture
def kind_options(cluster: Cluster) -> list[str]:
    """The options of a throw-away cluster with the node image of this one."""
    node = cluster.get("nodes")["items"][0]["metadata"]["name"]
    image = subprocess.check_output(
        ["docker", "inspect", "--format={{.Config.Image}}", node], text=True
    ).strip()
    return ["--kind", f"--kind-image={image}", "--simulate"]


def made(progress: str) -> str:
    """The cluster that a run says it makes."""
    return progress.partition("kind create cluster --name ")[2].split()[0]


def clusters() -> set[str]:
    return set(
        subprocess.check_output(
            ["kind", "get", "clusters"], text=True, stderr=subprocess.DEVNULL
        ).split()
    )


def test_a_throw_away_cluster(
    kind_options: list[str], tmp_path: Path, start: Start
) -> None:
    values = tmp_path / "v.yaml"
    values.write_text(SMALL)
    with start(
        "mine", str(ROOT / "charts/vllm"), "-f", str(values), *kind_options
    ) as process:
        out, err = process.communicate(timeout=1200)
    assert process.returncode == 0, out + err
    assert made(err) not in clusters()


KIND_CONFIG = """
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes: [{role: control-plane, labels: {tier: test}}]
"""


def test_a_node_that_dies_is_said_and_not_waited_for(
    kind_options: list[str], tmp_path: Path, start: Start
) -> None:
    """Before, as no other test is in its cluster, it gets a taint that a pod does not tolerate."""
    values, config = tmp_path / "v.yaml", tmp_path / "kind.yaml"
    values.write_text(
        f"vllm: {{env: [{{name: SIM_STARTUP_SECONDS, value: '500'}}]}}\n{SMALL}"
    )
    config.write_text(KIND_CONFIG)
    case = ("mine", str(ROOT / "charts/vllm"), "-f", str(values))
    with start(*case, *kind_options, f"--kind-config={config}") as process:
        name = made(_wait_for(process, "0 of 1 pods"))
        assert name in clusters()
        (kubeconfig,) = (tmp_path / "home/runs").glob("*/kubeconfig")
        assert_taint_is_said(Cluster(str(kubeconfig)), start, *case)
        subprocess.run(
            ["docker", "kill", f"{name}-control-plane"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        out, err = process.communicate(timeout=1200)
    assert process.returncode == 3, out + err
    assert f"the node container {name}-control-plane exited with code 137" in out
    assert name not in clusters()


def assert_taint_is_said(own: Cluster, start: Start, *case: str) -> None:
    assert own.get("nodes", "--selector=tier=test")["items"]
    own.kubectl("taint", "node", "--all", "nvidia.com/gpu=present:NoSchedule")
    place = ("-n", "tainted", "--simulate", f"--kubeconfig={own.kubeconfig}")
    with start(*case, *place, "--set-json=tolerations=[]", "--format=json") as process:
        out, err = process.communicate(timeout=1200)
    assert out, err
    last = json.loads(out)["cases"][0]["steps"][-1]
    assert (process.returncode, last["name"], last["diagnosis"]["cause"]) == (
        1,
        "ready",
        "taint",
    ), out
    assert (
        "does not tolerate the taint nvidia.com/gpu=present"
        in last["diagnosis"]["sentence"]
    )


def _wait_for(process: "subprocess.Popen[str]", words: str) -> str:
    """What the run says until it says these words."""
    assert process.stderr is not None
    deadline, said = time.monotonic() + 900, ""
    while words not in said:
        said += process.stderr.readline()
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
    return said
