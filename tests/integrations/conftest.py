"""A repository of a user with one chart, one wrong values file and the linter's own repository beside it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def git(directory: Path, *arguments: str) -> str:
    """Run git as somebody."""
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
    """Commit all there is."""
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=all")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree, committed and tagged v0.1.0."""
    copy = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(
        lambda name: (ROOT / name).is_file(), listed.stdout.decode().splitlines()
    ):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    git(copy, "init", "--quiet")
    commit(copy)
    git(copy, "tag", "v0.1.0")
    return copy


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """charts/vllm with a misspelt key in one scenario."""
    directory = tmp_path / "repository"
    shutil.copytree(ROOT / "charts" / "vllm", directory / "charts" / "vllm")
    scenario = directory / "charts" / "vllm" / "ci" / "wrong-values.yaml"
    scenario.write_text("vllm:\n  tensorParalelSize: 2\n", "utf-8")
    git(directory, "init", "--quiet")
    commit(directory)
    return directory
