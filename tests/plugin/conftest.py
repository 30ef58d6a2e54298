"""What the launcher finds on a user's machine: the plugin, a Python without packages, wheels."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helm-llm"
BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
NOWHERE = "http://127.0.0.1:9/simple"

Launch = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheels() -> Path:
    """The locked dependencies and pip as wheels, downloaded once."""
    lock = ROOT / "requirements.lock"
    directory = (
        CACHE
        / f"wheels-{hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]}"
    )
    if not directory.exists():
        draft = directory.with_name(f"{directory.name}.{os.getpid()}")
        subprocess.run(
            [BASE, "-m", "pip", "download", "-q", "--dest", draft, "-r", lock, "pip"],
            check=True,
        )
        try:
            draft.rename(directory)
        except OSError:  # another test worker was first
            shutil.rmtree(draft)
    return directory


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin directory of a Python without any package, pip included."""
    directory = tmp_path_factory.mktemp("bare")
    subprocess.run([BASE, "-m", "venv", "--without-pip", directory], check=True)
    return directory / "bin"


@pytest.fixture(scope="session")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for PATH that contains only uv."""
    directory = tmp_path_factory.mktemp("uv")
    (directory / "uv").symlink_to(Path(sys.executable).parent / "uv")
    return directory


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of the repository that the plugin needs, in a directory with a space in its path."""
    directory = tmp_path_factory.mktemp("plug ins") / "helm llm"
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("bin", "helm_llm"):
        shutil.copytree(ROOT / part, directory / part, ignore=ignored)
    for part in ("plugin.yaml", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / part, directory)
    return directory


@pytest.fixture
def environ(tmp_path: Path, bare: Path, uv: Path, wheels: Path) -> dict[str, str]:
    """No network, an empty home directory, and the bare Python first on PATH."""
    return {
        "PATH": f"{bare}:{uv}:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "HELM_LLM_HOME": str(tmp_path / "first use"),
        "HELM_LLM_WHEELS": str(wheels),
        "PIP_INDEX_URL": NOWHERE,
        "UV_INDEX_URL": NOWHERE,
    }


@pytest.fixture(scope="session")
def prepared(
    tmp_path_factory: pytest.TempPathFactory,
    plugin: Path,
    bare: Path,
    uv: Path,
    wheels: Path,
) -> Path:
    """A HELM_LLM_HOME with a complete environment."""
    home = tmp_path_factory.mktemp("prepared")
    variables = {
        "PATH": f"{bare}:{uv}:/usr/bin:/bin",
        "HELM_LLM_HOME": str(home),
        "HELM_LLM_WHEELS": str(wheels),
    }
    subprocess.run(
        [plugin / "bin/helm-llm", "--version"],
        env=variables,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return home
