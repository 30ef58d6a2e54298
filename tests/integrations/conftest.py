"""A user's repository with a chart and a wrong values file, and a copy of our repository."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def git(directory: Path, *arguments: str) -> str:
    """Run git with a name, and return its output."""
    identity = (
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    command = ["git", "-C", str(directory), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(directory: Path) -> None:
    """Commit all files."""
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=all")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the working tree, committed and tagged v0.1.0."""
    copy = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().splitlines():
        # A deleted file is still in the index.
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    git(copy, "init", "--quiet")
    commit(copy)
    git(copy, "tag", "v0.1.0")
    return copy


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with charts/vllm and a misspelt key in one scenario."""
    directory = tmp_path / "repository"
    shutil.copytree(ROOT / "charts" / "vllm", directory / "charts" / "vllm")
    scenario = directory / "charts" / "vllm" / "ci" / "wrong-values.yaml"
    scenario.write_text("vllm:\n  tensorParalelSize: 2\n", "utf-8")
    git(directory, "init", "--quiet")
    commit(directory)
    return directory
