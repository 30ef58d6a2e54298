"""The fixtures for chart authors, in a pytest of its own with the real pytest-helm-charts."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
EXAMPLE = re.search(
    r"```python\n(# test_chart\.py.*?)```",
    (ROOT / "docs/test.md").read_text("utf-8"),
    re.DOTALL,
)
OF_BOTH = """
import pytest

pytestmark = pytest.mark.parametrize("llm_release", [{values!r}], indirect=True)

def test_their_cluster_is_ours(llm_release, llm_cluster, kube_cluster):
    assert kube_cluster.kube_config_path == llm_cluster.kubeconfig
    assert kube_cluster.kubectl("get deployments", namespace=llm_release.context.namespace)

def test_that_fails(llm_endpoint, llm_release):
    llm_release.context.kubectl.delete("service", "llm-vllm")
    assert False
"""

Pytest = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(cluster: Cluster, helm3: str, tmp_path: Path) -> Pytest:
    """pytest on one file, as an author of the chart vllm would call it."""

    def call(text: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "test_chart.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        plugins = ("-p", "helm_llm.harness.pytest_plugin", "-p", "no:cacheprovider")
        options = (
            "--chart-path=charts/vllm",
            f"--kubeconfig={cluster.kubeconfig}",
            "--llm-simulate",
        )
        environment = os.environ | {
            "HELM_BIN": helm3,
            "HELM_LLM_HOME": str(tmp_path / "home"),
        }
        argv = [
            sys.executable,
            "-m",
            "pytest",
            *plugins,
            "--rootdir",
            str(tmp_path),
            *options,
            str(tmp_path),
        ]
        return subprocess.run(
            argv,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1200,
        )

    return call


def test_the_example_of_the_readme(run: Pytest) -> None:
    assert EXAMPLE
    done = run(EXAMPLE[1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_fixtures_of_both_and_a_failure(run: Pytest, tmp_path: Path) -> None:
    values = tmp_path / "v.yaml"
    values.write_text("resources: {limits: {nvidia.com/gpu: 1}}\n")
    done = run(OF_BOTH.format(values=str(values)))
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "release llm" in done.stdout
