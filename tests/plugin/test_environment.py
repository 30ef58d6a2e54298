"""The environment that the launcher builds at first use: once, and completely or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))


class FirstUse:
    """Runs `helm-llm --version` of the real program, with its own HELM_LLM_HOME."""

    def __init__(self, plugin: Path, environ: dict[str, str]) -> None:
        self.command, self.environ = (
            [str(plugin / "bin/helm-llm"), "--version"],
            environ,
        )
        self.home = Path(environ["HELM_LLM_HOME"]) / "llm"

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[int, str, str]:
        process = self.start()
        stdout, stderr = process.communicate(timeout=120)
        return process.returncode, stdout, stderr

    def works(self) -> str:
        code, stdout, stderr = self.run()
        assert code == 0, stderr
        assert stdout.startswith("helm-llm")
        return stderr

    @property
    def built(self) -> list[Path]:
        return sorted(self.home.glob("env-*"))


@pytest.fixture
def first_use(plugin: Path, environ: dict[str, str]) -> FirstUse:
    return FirstUse(plugin, environ)


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_it_is_built_once_and_then_used_silently(first_use: FirstUse) -> None:
    assert "building its Python environment" in first_use.works()
    assert first_use.works() == ""
    assert len(first_use.built) == 1


def test_three_first_calls_at_once_build_one_environment(first_use: FirstUse) -> None:
    calls = [first_use.start() for _ in range(3)]
    errors = [call.communicate(timeout=120)[1] for call in calls]
    assert [call.returncode for call in calls] == [0, 0, 0], errors
    assert sum("building" in text for text in errors) == 1
    assert [path.suffix for path in first_use.built] == [""]


def test_pip_of_another_python_installs_if_uv_is_missing(
    first_use: FirstUse, tmp_path: Path, wheels: Path
) -> None:
    python = tmp_path / "with pip/bin/python"
    subprocess.run([BASE, "-m", "venv", "--without-pip", python.parents[1]], check=True)
    pip = [
        BASE,
        "-m",
        "pip",
        "-q",
        "--python",
        str(python),
        "install",
        "--no-index",
        "--find-links",
        str(wheels),
        "pip",
    ]
    subprocess.run(pip, check=True)
    first_use.environ |= {
        "HELM_LLM_PYTHON": str(python),
        "PATH": "/usr/bin:/bin",
        "PIP_USER": "1",
    }
    first_use.works()
    assert not list(first_use.built[0].glob("lib/*/site-packages/pip"))


@pytest.mark.parametrize("damage", ["package", "interpreter"])
def test_a_broken_environment_is_rebuilt(first_use: FirstUse, damage: str) -> None:
    first_use.works()
    if damage == "package":
        next(first_use.built[0].glob("lib/*/site-packages/yaml")).rename(
            first_use.home / "yaml"
        )
    else:
        (first_use.built[0] / "bin/python").unlink()
    assert "building" in first_use.works()
    assert first_use.works() == ""
    assert len(first_use.built) == 1


def test_without_packages_it_prints_the_failed_command_and_three_fixes(
    first_use: FirstUse, tmp_path: Path
) -> None:
    first_use.environ["HELM_LLM_WHEELS"] = str(tmp_path)
    code, stdout, stderr = first_use.run()
    assert (code, stdout) == (3, "")
    assert "uv pip install" in stderr
    for fix in ("HELM_LLM_WHEELS", "HELM_LLM_PYTHON", "pipx install helm-llm"):
        assert fix in stderr
    assert first_use.built == []


def test_an_interrupted_build_leaves_nothing(
    first_use: FirstUse, tmp_path: Path
) -> None:
    path = tmp_path / "slow"
    path.mkdir()
    script(path / "uv", f'touch "{path}/started"; exec sleep 60')
    first_use.environ["PATH"] = f"{path}:{first_use.environ['PATH']}"
    process = first_use.start()
    deadline = time.monotonic() + 30
    while not (path / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [lock.suffix for lock in first_use.built] == [".lock"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 143
    assert first_use.built == []


def test_it_waits_for_a_lock_and_reports_it(first_use: FirstUse) -> None:
    first_use.works()
    lock = first_use.built[0].with_suffix(".lock")
    lock.mkdir()
    (first_use.built[0] / "bin/python").unlink()
    process = first_use.start()
    assert process.stderr
    assert "waiting for another call" in process.stderr.readline()
    lock.rmdir()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_the_lock_of_a_killed_build_expires_after_ten_minutes(
    first_use: FirstUse,
) -> None:
    first_use.works()
    lock = first_use.built[0].with_suffix(".lock")
    lock.mkdir()
    os.utime(lock, (time.time() - 601, time.time() - 601))
    (first_use.built[0] / "bin/python").unlink()
    assert "waiting" not in first_use.works()
    assert not lock.exists()


def test_a_build_removes_environments_that_are_a_month_old(first_use: FirstUse) -> None:
    for name, days in {"env-old": 31, "env-recent": 29}.items():
        (first_use.home / name).mkdir(parents=True)
        os.utime(first_use.home / name, (time.time() - days * 86400,) * 2)
    first_use.works()
    assert "env-old" not in [path.name for path in first_use.built]
    assert "env-recent" in [path.name for path in first_use.built]


def test_helms_data_home_is_used_if_the_cache_is_not_writable(
    first_use: FirstUse, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    data = tmp_path / "data"
    first_use.environ |= {
        "HELM_LLM_HOME": str(tmp_path / "file/below"),
        "HELM_DATA_HOME": str(data),
    }
    first_use.works()
    assert first_use.works() == ""
    assert len(list(data.glob("llm/env-*"))) == 1
