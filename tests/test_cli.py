"""The command line on bad input: one clear line, the documented exit code, never a traceback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm import __version__
from helm_llm.cli import run

ROOT = Path(__file__).parents[1]
VLLM = str(ROOT / "charts" / "vllm")

Cli = Callable[..., "Outcome"]


class Outcome:
    """Result of a call of the command line."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Cli:
    """Call the command line in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def lint(cli: Cli, *arguments: str) -> Outcome:
    trial = "--ignore=model-cache-not-persistent,gpu-absent"
    return cli("lint", VLLM, "--no-render", "--fail-on=error", trial, *arguments)


def test_clean_values_exit_with_0(cli: Cli) -> None:
    Path("v.yaml").write_text("replicaCount: 1\n")
    outcome = lint(cli, "-f", "v.yaml")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("no findings in 1 target")


def test_a_finding_points_into_the_users_file(cli: Cli) -> None:
    Path("v.yaml").write_text(
        "vllm:\n  tensorParallelSize: 4\nresources:\n  limits:\n    nvidia.com/gpu: 2\n"
    )
    outcome = lint(cli, "-f", "v.yaml")
    assert outcome.code == 1
    first, source, caret, related, *_ = outcome.out.splitlines()
    assert first.startswith("v.yaml:2:23: error[tensor-parallel-exceeds-gpus] ")
    assert source == "    2 |   tensorParallelSize: 4"
    assert caret == "      |                       ^"
    assert related.startswith("  v.yaml:5:21: ")


def test_a_finding_from_an_option_names_it(cli: Cli) -> None:
    outcome = lint(
        cli, "--set", "vllm.tensorParallelSize=4,resources.limits.nvidia\\.com/gpu=2"
    )
    assert outcome.code == 1
    assert outcome.out.startswith("--set vllm.tensorParallelSize=4,")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"a: [1\nb: 2\n", "v.yaml:", id="broken"),
        pytest.param(b"- a\n- b\n", "map", id="list-at-the-root"),
        pytest.param(b"a: \xff\xfe\n", "UTF-8", id="invalid-utf-8"),
        pytest.param(b"\x7fELF\x00\x01\x02", "v.yaml:", id="binary"),
        pytest.param(b"a: &a\n  b: *a\n", "contains itself", id="recursive-alias"),
        pytest.param(
            b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + b"".join(
                b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 10))
                for n in range(1, 12)
            ),
            "alias",
            id="alias-bomb",
        ),
        pytest.param(b"a: " + b"[" * 100_000, "v.yaml:", id="deep-nesting"),
    ],
)
def test_a_file_that_is_not_values_is_a_finding(
    cli: Cli, content: bytes, says: str
) -> None:
    Path("v.yaml").write_bytes(content)
    start = time.monotonic()
    outcome = lint(cli, "-f", "v.yaml")
    assert (outcome.code, outcome.err) == (1, "")
    assert "error[yaml-syntax]" in outcome.out
    assert says in outcome.out
    assert time.monotonic() - start < 5, "bounded time"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-f", "missing.yaml"], "missing.yaml"),
        (["-f", "."], "directory"),
        (["-f", "https://example.com/v.yaml"], "download"),
        (["--set", "a"], "--set a"),
        (["--set-json", "a={"], "--set-json"),
        (["--set-file", "a=missing.txt"], "missing.txt"),
        (
            ["--select", "tensor-parallel-exceed-gpus"],
            "did you mean tensor-parallel-exceeds-gpus?",
        ),
        (["--unknown"], "--unknown"),
        (["--fail-on", "sometimes"], "sometimes"),
        (["--each", "*.nothing"], "*.nothing"),
        (["-o", "no/such/directory/report.txt"], "no/such/directory"),
    ],
)
def test_wrong_usage_exits_with_2_and_one_line(
    cli: Cli, arguments: list[str], says: str
) -> None:
    outcome = lint(cli, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_a_file_of_50_mb_is_refused_before_it_is_parsed(cli: Cli) -> None:
    with Path("v.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    outcome = lint(cli, "-f", "v.yaml")
    assert outcome.code == 2
    assert "v.yaml" in outcome.err


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "Chart.yaml"),
        ({"Chart.yaml": "name: [\n"}, "Chart.yaml"),
        ({"Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n"}, "name"),
        (
            {
                "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
                "values.schema.json": "{",
            },
            "values.schema.json",
        ),
        (
            {
                "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
                "values.schema.json": '{"type": "strin"}',
            },
            "values.schema.json",
        ),
        (
            {
                "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
                "values.yaml": "a: [\n",
            },
            "values.yaml",
        ),
    ],
    ids=[
        "none",
        "broken",
        "nameless",
        "broken-schema",
        "invalid-schema",
        "broken-defaults",
    ],
)
def test_a_directory_that_is_not_a_chart_exits_with_2(
    cli: Cli, files: dict[str, str], says: str
) -> None:
    Path("c").mkdir()
    for name, text in files.items():
        Path("c", name).write_text(text)
    outcome = cli("lint", "c", "--no-render")
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_an_unknown_chart_and_no_chart_at_all_exit_with_2(cli: Cli) -> None:
    assert cli("lint", "nowhere", "--no-render").code == 2
    assert "there is no chart here or below" in cli("lint", "--no-render").err
    assert "without a chart" in cli("lint", "-f", "v.yaml").err


def test_a_directory_of_charts_is_linted_with_all_scenarios(
    cli: Cli,
) -> None:
    for name in ("a", "b", ".hidden", "a/charts/vendored"):
        Path("all", name, "ci").mkdir(parents=True)
        Path("all", name, "Chart.yaml").write_text(
            "apiVersion: v2\nname: c\nversion: 1.0.0\n"
        )
    Path("all/a/ci/one-values.yaml").write_text("a: 1\n")
    assert (
        "in 3 targets (2 charts, 1 values file)"
        in cli("lint", "all", "--no-render").out
    )
    assert "in 3 targets (2 charts, 1 values file)" in cli("lint", "--no-render").out
    Path("v.yaml").write_text("a: 1\n")
    assert (
        "in 2 targets (2 charts, 1 values file)"
        in cli("lint", "all", "-f", "v.yaml", "--no-render").out
    )
    assert (
        "in 2 targets (2 charts, 1 values file)"
        in cli("lint", "all", "--each", "*.yaml", "--no-render").out
    )


def test_without_helm_the_line_says_what_to_do(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_BIN", "/nowhere/helm")
    outcome = cli("lint", VLLM)
    assert (outcome.code, outcome.out) == (3, "")
    assert "--no-render" in outcome.err


def test_an_old_helm_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "helm"
    old.write_text("#!/bin/sh\necho v3.9.4\n")
    old.chmod(0o755)
    monkeypatch.setenv("HELM_BIN", str(old))
    monkeypatch.setenv("HELM_LLM_HOME", str(tmp_path / "home"))
    outcome = cli("lint", VLLM)
    assert (outcome.code, outcome.out) == (3, "")
    assert "3.9.4" in outcome.err


def test_a_template_that_fails_is_a_finding(
    cli: Cli, helm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_BIN", helm)
    Path("c/templates").mkdir(parents=True)
    Path("c/Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    Path("c/templates/a.yaml").write_text('{{ fail "boom" }}\n')
    outcome = cli("lint", "c")
    assert (outcome.code, outcome.err) == (1, "")
    assert "error[template-failed]" in outcome.out
    assert "boom" in outcome.out


def test_a_rule_that_explains_a_template_failure_replaces_it(
    cli: Cli, helm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_BIN", helm)
    Path("v.yaml").write_text("model: {ngcAPIKey: nvapi-0}\nimagePullSecrets: []\n")
    out = cli("lint", str(ROOT / "charts" / "nim-llm"), "-f", "v.yaml").out
    assert "error[ngc-key-without-pull-secret]" in out
    assert "[template-failed]" not in out
    assert "[pull-secret-absent]" not in out


def test_a_report_file_is_whole_or_absent(cli: Cli) -> None:
    assert lint(cli, "-o", "report.txt").code == 0
    assert Path("report.txt").read_text().startswith("no findings")
    assert [path.name for path in Path().iterdir()] == ["report.txt"]


def test_version_and_rules(cli: Cli) -> None:
    assert cli("--version").out == f"helm-llm, version {__version__}\n"
    assert "tensor-parallel-exceeds-gpus" in cli("rules").out
    assert "## Why" in cli("rules", "tensor-parallel-exceeds-gpus").out
    wrong = cli("rules", "tensor-parallel-exceed")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean" in wrong.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(cli: Cli, shell: str) -> None:
    assert "helm-llm" in cli("completion", shell).out


def test_helms_completion_file_is_fresh(cli: Cli) -> None:
    assert (ROOT / "completion.yaml").read_text() == cli("completion", "helm").out, (
        "run `make docs`"
    )


def test_ctrl_c_ends_with_130_and_leaves_no_child(tmp_path: Path) -> None:
    slow = tmp_path / "helm"
    slow.write_text(
        f"#!/bin/sh\n[ $1 = version ] && echo v3.22.0 && exit\necho $$ > {tmp_path}/pid\nexec sleep 60\n"
    )
    slow.chmod(0o755)
    environment = {
        **os.environ,
        "HELM_BIN": str(slow),
        "HELM_LLM_HOME": str(tmp_path / "home"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "helm_llm", "lint", VLLM],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in err
    child = int((tmp_path / "pid").read_text())
    assert not _runs(child)


def _runs(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
