"""The GitHub action: its steps, run as GitHub's runner does."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL, LINT = ACTION["runs"]["steps"]


class Runner:
    """Runs steps, which are bash scripts with an `env` that refers to inputs."""

    def __init__(self, workspace: Path, temp: Path, **inputs: str) -> None:
        self.workspace = workspace
        self._inputs = {
            name: one["default"] for name, one in ACTION["inputs"].items()
        } | inputs
        self.output, self.summary = temp / "output", temp / "summary"
        self._environment = {
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(workspace),
        }

    def run(
        self, step: dict[str, Any], action_path: Path
    ) -> "subprocess.CompletedProcess[str]":
        context = {f"inputs.{name}": value for name, value in self._inputs.items()}
        context["github.action_path"] = str(action_path)
        given = {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: context[match[1]], value)
            for name, value in step["env"].items()
        }
        environment = {**os.environ, **self._environment, **given}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            shell, cwd=self.workspace, env=environment, capture_output=True, text=True
        )


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    """The runner's temporary directory, with our program where the first step would install it."""
    program = tmp_path / "temp" / "helm-llm" / "bin" / "helm-llm"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m helm_llm "$@"\n',
        "utf-8",
    )
    program.chmod(0o755)
    return tmp_path / "temp"


def test_no_script_contains_an_input() -> None:
    assert all("${{" not in step["run"] for step in (INSTALL, LINT))


def test_findings_become_annotations_and_sarif_and_fail_the_step(
    repository: Path, temp: Path
) -> None:
    runner = Runner(repository, temp, charts="charts", args="--no-render")
    done = runner.run(LINT, ROOT)
    assert done.returncode == 1, done.stderr
    assert (
        "::error file=charts/vllm/ci/wrong-values.yaml,line=2,endLine=2,col=3,"
        in done.stdout
    )
    output = dict(
        line.split("=", 1) for line in runner.output.read_text("utf-8").splitlines()
    )
    results = json.loads((repository / output["sarif"]).read_text("utf-8"))["runs"][0][
        "results"
    ]
    assert "unknown-key" in {result["ruleId"] for result in results}
    assert (
        ACTION["outputs"]["sarif"]["value"]
        == f"${{{{ steps.{LINT['id']}.outputs.sarif }}}}"
    )


def test_inputs_can_have_spaces_and_several_lines(repository: Path, temp: Path) -> None:
    (repository / "one two.yaml").write_text("vllm: {tensorParallelSize: 2}\n", "utf-8")
    (repository / "three.yaml").write_text(
        "resources: {limits: {nvidia.com/gpu: 1}}\n", "utf-8"
    )
    inputs = {"charts": "charts/vllm\n", "values": "one two.yaml\n\nthree.yaml\n"}
    runner = Runner(
        repository,
        temp,
        **inputs,
        args="--no-render\n--select=tensor-parallel-exceeds-gpus",
    )
    done = runner.run(LINT, ROOT)
    assert done.returncode == 1, done.stderr
    assert "::error file=one two.yaml,line=1," in done.stdout


def test_without_findings_the_step_succeeds(repository: Path, temp: Path) -> None:
    (repository / "charts/vllm/ci/wrong-values.yaml").unlink()
    done = Runner(repository, temp, args="--no-render").run(LINT, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::error" not in done.stdout


@pytest.mark.extended
def test_it_installs_itself(source: Path, repository: Path, tmp_path: Path) -> None:
    runner = Runner(repository, tmp_path, charts="charts", args="--no-render")
    installed = runner.run(INSTALL, source)
    assert installed.returncode == 0, installed.stderr
    done = runner.run(LINT, source)
    assert done.returncode == 1, done.stderr
    assert "title=unknown-key::" in done.stdout
