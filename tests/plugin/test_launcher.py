"""bin/helm-llm: which interpreter it starts, and how. A small program reports how it was started."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, os, sys, time

def main():
    import click, yaml, jsonschema_rs
    if sys.argv[1:] == ["sleep"]:
        print(os.getpid(), flush=True)
        time.sleep(60)
    report = {"python": sys.executable, "arguments": sys.argv[1:], "stdin": sys.stdin.read()}
    print(json.dumps(report))
    sys.exit(7)
"""


@pytest.fixture(scope="session")
def reporter(tmp_path_factory: pytest.TempPathFactory, plugin: Path) -> Path:
    """The plugin with a program that reports how it was started."""
    directory = tmp_path_factory.mktemp("plug ins") / "reporter"
    shutil.copytree(plugin, directory)
    shutil.rmtree(directory / "helm_llm")
    (directory / "helm_llm").mkdir()
    (directory / "helm_llm/__main__.py").write_text(PROGRAM)
    return directory


class Launcher:
    def __init__(self, plugin: Path, environ: dict[str, str], cwd: Path) -> None:
        self.plugin, self.environ, self.cwd = plugin, environ, cwd

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [str(self.plugin / "bin/helm-llm"), *arguments]
        return subprocess.Popen(
            command,
            env=self.environ,
            cwd=self.cwd,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        process = self.start(*arguments)
        stdout, stderr = process.communicate(stdin, timeout=120)
        return process.returncode, stdout, stderr

    def report(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        code, stdout, stderr = self.run(*arguments, stdin=stdin)
        assert code == 7, stderr
        report: dict[str, Any] = json.loads(stdout)
        return report

    @property
    def environments(self) -> list[str]:
        return sorted(
            path.name for path in Path(self.environ["HELM_LLM_HOME"]).glob("llm/env-*")
        )


@pytest.fixture
def launcher(reporter: Path, environ: dict[str, str], tmp_path: Path) -> Launcher:
    return Launcher(reporter, environ, tmp_path)


@pytest.fixture
def warm(launcher: Launcher, prepared: Path) -> Launcher:
    """A launcher with a complete environment."""
    launcher.environ["HELM_LLM_HOME"] = str(prepared)
    return launcher


@pytest.fixture
def counted(tmp_path: Path, bare: Path) -> Path:
    """A directory for PATH. Its python3 counts its starts in the file `starts`."""
    directory = tmp_path / "counted"
    directory.mkdir()
    (directory / "python3").write_text(
        f'#!/bin/sh\necho >> "{directory}/starts"\nexec "{bare}/python3" "$@"\n'
    )
    (directory / "python3").chmod(0o755)
    return directory


def only(directory: Path, *names: str) -> str:
    """Return a PATH with only these system programs."""
    directory.mkdir()
    for name in names:
        (directory / name).symlink_to(
            shutil.which(name, path="/usr/bin:/bin") or pytest.fail(f"no {name} here")
        )
    return str(directory)


def test_arguments_stdin_and_exit_code_pass_through(warm: Launcher) -> None:
    report = warm.report("lint", "a b", "*", '"q"', "", stdin="replicaCount: 2\n")
    assert report["arguments"] == ["lint", "a b", "*", '"q"', ""]
    assert report["stdin"] == "replicaCount: 2\n"


def test_a_warm_start_does_not_search_for_python(warm: Launcher, counted: Path) -> None:
    warm.environ["PATH"] = f"{counted}:{warm.environ['PATH']}"
    first = warm.report()
    searched = (counted / "starts").read_text()
    assert warm.report() == first
    assert (counted / "starts").read_text() == searched != ""


def test_another_lock_file_gets_another_environment(
    launcher: Launcher, tmp_path: Path
) -> None:
    launcher.report()
    launcher.plugin = Path(shutil.copytree(launcher.plugin, tmp_path / "newer"))
    with (launcher.plugin / "requirements.lock").open("a") as lock:
        lock.write("# newer\n")
    launcher.report()
    assert len(launcher.environments) == 2


def test_an_interpreter_with_the_dependencies_needs_no_environment(
    launcher: Launcher,
) -> None:
    launcher.environ["HELM_LLM_PYTHON"] = sys.executable
    assert launcher.report()["python"] == sys.executable
    assert launcher.environments == []
    assert list(
        Path(launcher.environ["HELM_LLM_HOME"]).glob("llm/bytecode/**/click/*.pyc")
    )


def test_dependencies_that_are_too_old_are_ignored(
    launcher: Launcher, tmp_path: Path
) -> None:
    old = tmp_path / "site/click-7.1.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: click\nVersion: 7.1\n")
    launcher.environ |= {
        "HELM_LLM_PYTHON": sys.executable,
        "PYTHONPATH": str(old.parent),
    }
    assert launcher.report()["python"] != sys.executable
    assert len(launcher.environments) == 1


@pytest.mark.parametrize("text", ["exit 1", "echo 'Python was not found' >&2; exit 49"])
def test_an_old_python_and_a_placeholder_are_skipped(
    warm: Launcher, tmp_path: Path, bare: Path, text: str
) -> None:
    path = Path(only(tmp_path / "bin", "sh", "cat", "ls", "dirname"))
    (path / "python3").write_text(f"#!/bin/sh\n{text}\n")
    (path / "python3").chmod(0o755)
    (path / "python3.12").symlink_to(bare / "python3")
    warm.environ["PATH"] = str(path)
    assert warm.report("x")["arguments"] == ["x"]


def test_a_configured_python_that_does_not_work_is_an_error(
    warm: Launcher,
) -> None:
    warm.environ["HELM_LLM_PYTHON"] = "/nowhere/python3"
    code, stdout, stderr = warm.run("--version")
    assert (code, stdout) == (3, "")
    assert "HELM_LLM_PYTHON is '/nowhere/python3'" in stderr


def test_without_python_it_prints_three_fixes(
    launcher: Launcher, tmp_path: Path
) -> None:
    launcher.environ["PATH"] = only(tmp_path / "bin", "sh", "cat", "ls", "dirname")
    code, stdout, stderr = launcher.run("--version")
    assert (code, stdout) == (3, "")
    for fix in ("install Python", "HELM_LLM_PYTHON", "pipx install helm-llm"):
        assert fix in stderr


def test_uv_finds_a_python_that_is_not_on_path(
    warm: Launcher, tmp_path: Path, bare: Path
) -> None:
    path = Path(only(tmp_path / "bin", "sh", "cat", "ls", "dirname"))
    (path / "uv").write_text(
        f'#!/bin/sh\n[ "$1 $2" = "python find" ] && echo "{bare}/python3"\n'
    )
    (path / "uv").chmod(0o755)
    warm.environ["PATH"] = str(path)
    assert warm.report("x")["arguments"] == ["x"]


def test_modules_in_the_current_directory_are_not_imported(
    warm: Launcher, tmp_path: Path
) -> None:
    for name in ("yaml", "click", "json", "venv", "helm_llm"):
        (tmp_path / f"{name}.py").write_text(
            "raise SystemExit('imported from the current directory')"
        )
    assert warm.report("x")["arguments"] == ["x"]


def test_python_replaces_the_launcher_so_signals_reach_it(
    warm: Launcher,
) -> None:
    with warm.start("sleep") as process:
        assert process.stdout
        assert int(process.stdout.readline()) == process.pid
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == -signal.SIGINT
        assert process.stderr
        assert "KeyboardInterrupt" in process.stderr.read()


def test_it_starts_without_helm_from_a_relative_path(warm: Launcher) -> None:
    warm.cwd = warm.plugin / "bin"
    process = subprocess.run(
        ["./helm-llm", "x"],
        env=warm.environ,
        cwd=warm.cwd,
        input="",
        capture_output=True,
        text=True,
    )
    assert json.loads(process.stdout)["arguments"] == ["x"]


def test_nothing_is_written_into_the_plugin_directory(
    launcher: Launcher, tmp_path: Path
) -> None:
    launcher.plugin = shutil.copytree(
        launcher.plugin,
        tmp_path / "fresh",
        ignore=shutil.ignore_patterns("__pycache__"),
    )

    def listing() -> list[tuple[str, float]]:
        return sorted(
            (str(path), path.stat().st_mtime) for path in launcher.plugin.rglob("*")
        )

    before = listing()
    launcher.report()
    launcher.report()
    assert listing() == before


@pytest.mark.parametrize("start", ["searched", "warm"])
def test_bytecode_is_cached_although_images_disable_it(
    launcher: Launcher, start: str
) -> None:
    launcher.report()
    kept = (
        Path(launcher.environ["HELM_LLM_HOME"])
        / "llm"
        / launcher.environments[0]
        / "bytecode"
    )
    shutil.rmtree(kept)
    if start == "searched":
        (kept.parents[1] / "launch").unlink()
    launcher.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    launcher.report()
    assert list(kept.rglob("click/*.pyc"))
