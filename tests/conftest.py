"""Fixtures every test can use: the real helm binaries."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HELM_3 = "3.22.0"
HELM_4 = "4.3.1"


def _helm(version: str) -> str:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helm-llm" / "bin"
    built, on_path = cache / f"helm-{version}", shutil.which("helm")
    if built.exists():
        return str(built)
    if on_path and f'"v{version}"' in subprocess.run([on_path, "version"], capture_output=True, text=True).stdout:
        return on_path
    pytest.fail(f"helm {version} is neither in {cache} nor on PATH: run `make tools`")


@pytest.fixture(scope="session")
def helm3() -> str:
    """Path of the newest supported Helm 3."""
    return _helm(HELM_3)


@pytest.fixture(scope="session")
def helm4() -> str:
    """Path of the newest supported Helm 4."""
    return _helm(HELM_4)


@pytest.fixture(scope="session", params=[HELM_3, HELM_4], ids=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest) -> str:
    """Path of each supported Helm in turn."""
    return _helm(request.param)
