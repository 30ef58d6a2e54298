"""`helm llm test` on the command line: what it refuses, and whole runs against stand-ins for the programs it calls."""

import base64
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.tools import docker
from tests.harness.conftest import GOOD, Answer, Api, Program, served_by
from tests.harness.shapes import deployment, pod, service
from tests.leftovers import DEAF

TIMES = [
    "soon",
    "",
    "0",
    "0s",
    "-1s",
    "inf",
    "nan",
    "1e9h",
    "9" * 400,
    "9" * 400 + "h",
    "1.5h",
    "169h",
    "\uff15m",
    " 5m",
]
REFUSED = [
    ([], "name a release"),
    (["r", "-f", "v.yaml"], "-f does nothing without CHART"),
    (["r", "--kind"], "--kind does nothing without CHART"),
    (["r", "--simulate"], "--simulate does nothing without CHART"),
    (["r", "--upgrade-from", "1.0.0"], "--upgrade-from does nothing without CHART"),
    (["r", "c", "--kind-image", "x"], "--kind-image does nothing without --kind"),
    (["r", "c", "-f", "-"], "standard input"),
    *((["r", f"--timeout={time}"], "write it as 90s, 10m or 1h30m") for time in TIMES),
    *(
        (["--", name], "is not a release name")
        for name in ("A", "../x", "-r", "a b", "a/b", "x" * 54, "a.", "ä", "a\n")
    ),
    *(
        (["r", f"--namespace={name}"], "is not a namespace")
        for name in ("A", "../x", "-n", "a.b", "x" * 64)
    ),
    *(
        (["r", f"--jobs={jobs}"], "'-j'")
        for jobs in ("0", "-1", "33", "1e9", "inf", "9" * 400, "")
    ),
]


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cluster and no ledger of the machine the tests run on."""
    for name in (
        "HELM_LLM_RUN",
        "HELM_BIN",
        "HELM_NAMESPACE",
        "HELM_KUBECONTEXT",
        "KUBECONFIG",
    ):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("HELM_LLM_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_options_that_cannot_be_meant(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_all_missing_programs_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["test", "r", "chart", "--kind"]) == 3
    assert (
        "helm and kubectl and docker and kind was not found" in capsys.readouterr().err
    )


Fake = Callable[[dict[str, Answer]], int]

HELM = """case "$*" in
"status "*" -- r") cat "$0.status" ;;
"status "*) echo 'Error: release: not found' >&2; exit 1 ;;
*) echo "unexpected: helm $*" >&2; exit 1 ;;
esac"""

KUBECTL = f"""case "$*" in
*port-forward*) echo "Forwarding from 127.0.0.1:$(cat "$0.port") -> 8000"; exec sleep 60 ;;
*proxy*) exec {sys.executable} {Path(__file__).parent / "proxy.py"} "${{*#*--unix-socket=}}" "$0.there" ;;
*) echo "unexpected: kubectl $*" >&2; exit 1 ;;
esac"""


@pytest.fixture
def site(program: Program, monkeypatch: pytest.MonkeyPatch) -> Path:
    """helm and kubectl that know one healthy release, r."""
    workload = deployment(1, updatedReplicas=1, replicas=1, availableReplicas=1)
    spec = {
        "containers": [
            {"name": "vllm", "image": "vllm/vllm-openai:v1", "args": ["--model=llama"]}
        ]
    }
    labelled = {
        **pod(spec=spec),
        "metadata": {
            "name": "llm-0",
            "labels": {"app.kubernetes.io/instance": "r", "a": "b"},
        },
    }
    status = {
        "info": {"status": "deployed"},
        "version": 3,
        "manifest": json.dumps(workload),
    }
    (program("helm", HELM).parent / "helm.status").write_text(json.dumps(status))
    directory = program("kubectl", KUBECTL).parent
    (directory / "kubectl.there").write_text(
        json.dumps([workload, labelled, service("http", {"a": "b"})])
    )
    monkeypatch.setenv("PATH", str(directory), prepend=":")
    return directory


def test_a_healthy_release_passes(
    site: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    junit = tmp_path / "junit.xml"
    with served_by(
        Api(GOOD | {"/v1/models": (200, '{"data": [{"id": "llama"}]}')})
    ) as port:
        (site / "kubectl.port").write_text(str(port))
        assert run(["test", "r", "--format", "json", f"--junit={junit}"]) == 0
    steps = {
        step["name"]: step["outcome"]
        for step in json.loads(capsys.readouterr().out)["cases"][0]["steps"]
    }
    assert steps == {
        "release": "passed",
        "ready": "passed",
        "service": "passed",
        "helm test": "skipped",
        "models": "passed",
        "key": "skipped",
        "completion": "passed",
        "chat": "passed",
        "stream": "passed",
    }
    assert "testsuites" in junit.read_text()


def test_a_server_under_another_name_fails(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served_by(
        Api(GOOD | {"/v1/models": (200, '{"data": [{"id": "other"}]}')})
    ) as port:
        (site / "kubectl.port").write_text(str(port))
        assert run(["test", "r"]) == 1
    assert "/v1/models does not list llama" in capsys.readouterr().out


@pytest.mark.usefixtures("site")
def test_a_release_that_is_not_there_is_a_mistake_in_the_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["test", "other", "-n", "ai"]) == 2
    assert "there is no release other in namespace ai" in capsys.readouterr().err


def test_a_release_that_does_not_get_ready_fails_at_the_deadline(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "kubectl.there").write_text(json.dumps([deployment(1)]))
    start = time.monotonic()
    assert run(["test", "r", "--timeout", "2s"]) == 1
    assert time.monotonic() - start < 20
    assert (
        "not ready after 2 s: deployment/llm: 0 of 1 pods ready"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_wait_at_once(
    number: signal.Signals, site: Path, tmp_path: Path
) -> None:
    (site / "kubectl.there").write_text(json.dumps([deployment(1)]))
    argv = [sys.executable, "-m", "helm_llm", "test", "r"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "0 of 1 pods" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert list((tmp_path / "home" / "runs").iterdir()) == []


NO_RELEASE = [
    "",
    "<html>",
    "[]",
    "5",
    "null",
    "{",
    "{}",
    '{"info": 5}',
    '{"info": {"status": ["deployed"]}}',
    "[" * 100_000,
]


@pytest.mark.parametrize("printed", NO_RELEASE, ids=lambda text: text[:12])
def test_a_helm_that_prints_no_release(
    printed: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "helm.status").write_text(printed)
    assert run(["test", "r"]) == 3
    out, err = capsys.readouterr()
    assert "is it Helm?" in out + err or "does not say how the release is" in out + err
    assert "bug in helm-llm" not in out + err


ODD_RELEASES = [
    {"manifest": 5, "hooks": 5, "version": "x"},
    {"manifest": "- a\n- b\n", "hooks": [5, {"manifest": 5}, {}]},
    {"manifest": "kind: [a]\n---\nkind: 5\n---\ntext\n", "hooks": None},
]


@pytest.mark.parametrize("rest", ODD_RELEASES)
def test_a_release_of_odd_types_runs_no_pod(
    rest: dict[str, object], site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "helm.status").write_text(
        json.dumps({"info": {"status": "deployed"}, **rest})
    )
    (site / "kubectl.there").write_text("[]")
    assert run(["test", "r"]) == 1
    assert "release r has no running pod" in capsys.readouterr().out


def test_a_manifest_that_is_no_yaml(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = {"info": {"status": "deployed"}, "manifest": "kind: [\n"}
    (site / "helm.status").write_text(json.dumps(status))
    assert run(["test", "r"]) == 3
    assert (
        "Helm stores for release r: line 2 of the rendered text is not valid YAML: "
        in capsys.readouterr().out
    )


def test_a_cluster_that_answers_html(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helm_llm.harness.ready.LOST_SECONDS", 1)
    pages = [
        {"kind": "Raw", "path": path, "body": "<html>login</html>"}
        for path in ("apps", "pods", "llm")
    ]
    (site / "kubectl.there").write_text(json.dumps(pages))
    assert run(["test", "r"]) == 3
    assert "is not a Kubernetes object: <html>login</html>" in capsys.readouterr().out


def test_names_of_the_cluster_stay_inside_the_directory(
    site: Path, tmp_path: Path
) -> None:
    statuses = [{"name": "../../escaped", "state": {"running": {"startedAt": "x"}}}]
    labels = {"app.kubernetes.io/instance": "r"}
    bad = [
        {
            "kind": "Pod",
            "metadata": {"name": name, "labels": labels},
            "status": {"containerStatuses": statuses},
        }
        for name in ("../evil", "llm-0")
    ]
    log = {"kind": "Raw", "path": "/log", "body": "hello"}
    (site / "kubectl.there").write_text(json.dumps([deployment(1), *bad, log]))
    assert run(["test", "r", "--timeout=1s", f"--artifacts={tmp_path}/kept/in"]) == 1
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["in"]
    kept = {path.name for path in (tmp_path / "kept/in/r").iterdir()}
    assert any(name.startswith("llm-0-escaped-log") for name in kept), kept
    assert not [
        path
        for path in tmp_path.rglob("*")
        if path.name in ("escaped", "escaped.log", "evil")
    ]


@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_secret_of_a_cluster_is_told_or_kept(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    secret = "Xq7canaryWv2"
    encoded = base64.b64encode(secret.encode()).decode()
    container = {
        "name": "llm",
        "env": [{"name": "HF_TOKEN", "value": secret}],
        "args": ["--api-key", secret],
    }
    died = {"exitCode": 1, "reason": "Error", "message": f"bad token {secret}"}
    status = {"name": "llm", "restartCount": 3, "state": {"terminated": died}}
    bad = {
        "kind": "Pod",
        "metadata": {
            "name": "llm-0",
            "labels": {"app.kubernetes.io/instance": "r", "x": secret},
        },
        "spec": {"containers": [container]},
        "status": {"phase": "Failed", "containerStatuses": [status]},
    }
    about = {
        "involvedObject": {"kind": "Pod", "name": "llm-0"},
        "reason": "BackOff",
        "message": f"{secret} \x1b[31m",
    }
    event = {"kind": "Event", "metadata": {"name": "e"}, **about}
    log = {
        "kind": "Raw",
        "path": "/log",
        "body": f"Error: token {secret} {encoded} \x1b]0;x\x07\n::error::forged\n",
    }
    (site / "kubectl.there").write_text(json.dumps([deployment(1), bad, event, log]))
    kept = [
        f"--artifacts={tmp_path}/kept",
        f"--junit={tmp_path}/junit.xml",
        f"--format={format_}",
    ]
    assert run(["test", "r", "--timeout=1s", *kept]) == 1
    captured = capsys.readouterr()
    files = [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert len(files) > 5
    for text in (
        captured.out,
        captured.err,
        *(path.read_text() for path in (*files, tmp_path / "junit.xml")),
    ):
        assert secret not in text
        assert encoded not in text
        assert "\x1b" not in text
        assert "\n::error" not in text
    assert "***" in (tmp_path / "kept/r/pods.json").read_text()


def test_a_cluster_that_helm_does_not_reach_is_no_fault_of_the_chart(
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    says = (
        "echo 'Error: Kubernetes cluster unreachable: connection refused' >&2; exit 1"
    )
    program(
        "helm",
        f'case "$1" in status) echo "Error: release: not found" >&2; exit 1 ;; *) {says} ;; esac',
    )
    directory = program("kubectl", KUBECTL).parent
    there = [
        {"kind": kind, "metadata": {"name": "default"}}
        for kind in ("Namespace", "Serviceaccount")
    ]
    (directory / "kubectl.there").write_text(json.dumps(there))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "Chart.yaml").write_text(
        "{apiVersion: v2, name: c, version: 0.1.0}"
    )
    values = tmp_path / "v.yaml"
    values.write_text("a: b\n")
    monkeypatch.setenv("PATH", str(directory), prepend=":")
    assert run(["test", "r", str(tmp_path / "c"), "-f", str(values), "--no-lint"]) == 3
    assert "cluster unreachable" in capsys.readouterr().out


def test_a_docker_that_hangs_is_noticed_before_a_cluster_is_made(
    site: Path,
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    program("docker", f"{DEAF}while :; do sleep 1; done")
    program("kind", f"echo called >> {tmp_path}/kind")
    monkeypatch.setattr(docker, "CHECK_SECONDS", 0.5)
    monkeypatch.setenv("PATH", str(site), prepend=":")
    start = time.monotonic()
    assert run(["test", "r", str(chart), "--kind"]) == 3
    assert time.monotonic() - start < 10
    assert "timed out after 0.5 s (`" in capsys.readouterr().err
    assert not (tmp_path / "kind").exists()
    assert list((tmp_path / "home" / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "it is a directory"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a device"),
        (lambda path: path.unlink(missing_ok=True), "No such file"),
    ],
)
def test_a_configuration_of_kind_is_a_file(
    make: Callable[[Path], None],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(tmp_path / "kind.yaml")
    assert (
        run(["test", "r", "c", "--kind", f"--kind-config={tmp_path / 'kind.yaml'}"])
        == 2
    )
    assert says in capsys.readouterr().err
