"""The pre-commit hook: which files it selects, and a run of the real pre-commit."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT, git

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("file", "selected"),
    [
        ("charts/vllm/values.yaml", True),
        ("charts/vllm/Chart.yaml", True),
        ("charts/vllm/values.schema.json", True),
        ("charts/vllm/ci/default-values.yaml", True),
        ("values-prod.yaml", True),
        ("clusters/values.prod.yml", True),
        ("clusters/values/prod.yaml", True),
        ("charts/vllm/templates/deployment.yaml", False),
        ("values/readme.md", False),
        ("my-valuesets.yaml", False),
        ("docker-compose.yaml", False),
        ("--config=evil/values.yaml", False),
        ("charts/-x/values.yaml", True),
    ],
)
def test_the_hook_selects_values_and_charts(file: str, selected: bool) -> None:
    assert bool(re.search(HOOK["files"], file)) is selected


def pre_commit(
    repository: Path, cache: Path, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """Run the newest pre-commit, installed by uv."""
    tool = [sys.executable, "-m", "uv", "tool", "run", "--quiet", "pre-commit"]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(cache), "PYTHONPATH": ""}
    return subprocess.run(
        [*tool, *arguments],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.extended
def test_the_real_pre_commit_runs_the_hook(
    source: Path, repository: Path, tmp_path: Path
) -> None:
    hook = {"id": "helm-llm-lint", "args": ["--no-render"]}
    config = {"repos": [{"repo": str(source), "rev": "v0.1.0", "hooks": [hook]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(repository, "add", ".")
    done = pre_commit(repository, tmp_path / "cache", "run", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "charts/vllm/ci/wrong-values.yaml:2:3: error[unknown-key]" in done.stdout
    assert re.search(r"\n1 error, .* in \d+ targets", done.stdout)
    (repository / "charts/vllm/ci/wrong-values.yaml").write_text(
        "vllm:\n  tensorParallelSize: 1\n", "utf-8"
    )
    git(repository, "add", ".")
    done = pre_commit(
        repository,
        tmp_path / "cache",
        "run",
        "--files",
        "charts/vllm/ci/wrong-values.yaml",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
