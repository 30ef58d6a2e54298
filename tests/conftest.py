"""Fixtures every test can use: the real helm binaries."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, however slow the machine is: new inputs are what `make fuzz` is for.
settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")

HELMS = [
    "helm3",
    "helm4",
    *(["helm3-oldest", "helm4-oldest"] if os.environ.get("HELM_MATRIX") else []),
]
TOOL = Path(__file__).parents[1] / "ci" / "tools" / "tool.py"

# What a shell starts in the background, or nohup, has these switched off, and so have its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def _tool(name: str) -> str:
    found = subprocess.run(
        [sys.executable, str(TOOL), name], stdout=subprocess.PIPE, text=True
    )
    if found.returncode:
        pytest.fail(f"no {name}: `ci/tool {name}` says why")
    return found.stdout.strip()


@pytest.fixture(scope="session")
def helm3() -> str:
    """Path of the newest supported Helm 3."""
    return _tool("helm3")


@pytest.fixture(scope="session")
def helm4() -> str:
    """Path of the newest supported Helm 4."""
    return _tool("helm4")


@pytest.fixture(scope="session", params=HELMS)
def helm(request: pytest.FixtureRequest) -> str:
    """Path of the newest Helm of each major in turn; with HELM_MATRIX set of the oldest too."""
    return _tool(request.param)
