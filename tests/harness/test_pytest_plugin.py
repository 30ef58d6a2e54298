"""The pytest plugin without pytest-helm-charts: it does not disturb other tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.conftest import Program

TESTS = """
import pytest

def test_of_something_else():
    pass

@pytest.mark.parametrize("llm_release", ["ci/api-key-values.yaml"], indirect=True)
def test_of_a_release(llm_release, llm_endpoint):
    pass
"""

ROOT = Path(__file__).parents[2]


@pytest.fixture
def outcome(tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    """pytest with our plugin and without theirs."""
    (tmp_path / "test_chart.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    plugins = (
        "-p",
        "helm_llm.harness.pytest_plugin",
        "-p",
        "no:helm-charts",
        "-p",
        "no:cacheprovider",
    )
    argv = [
        sys.executable,
        "-m",
        "pytest",
        *plugins,
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_one_line_says_what_to_install(
    outcome: "subprocess.CompletedProcess[str]",
) -> None:
    assert outcome.returncode == 1
    assert "pip install 'helm-llm[test]'" in outcome.stdout
    assert "Traceback" not in outcome.stdout


def test_other_tests_run(outcome: "subprocess.CompletedProcess[str]") -> None:
    assert "1 passed, 1 error" in outcome.stdout


def test_loading_it_imports_nothing_of_the_harness() -> None:
    code = "import sys, helm_llm.harness.pytest_plugin; print(*[m for m in sys.modules if m.startswith('helm_llm')])"
    found = subprocess.check_output(
        [sys.executable, "-c", code], cwd=ROOT, text=True
    ).split()
    assert set(found) == {
        "helm_llm",
        "helm_llm.harness",
        "helm_llm.harness.pytest_plugin",
    }


PLAIN = """
import pytest
from helm_llm.harness.fixtures import _fail_in_one_line, _target, explain
from helm_llm.harness.release import Release
from helm_llm.harness.result import Failed
from helm_llm.harness.context import Context, Tools
from helm_llm.tools.proxy import Proxy
from helm_llm.tools.helm import Helm
from helm_llm.tools.kubectl import Access

def test_of_a_cluster(llm_cluster):
    pass

def test_of_a_parameter():
    _target("chart", [5])

def test_of_a_failure():
    with _fail_in_one_line():
        raise Failed("release llm runs no pod")

def test_of_what_is_known(tmp_path):
    with Proxy("/no/such/kubectl", Access(), tmp_path / "api") as proxy:
        site = Context(Tools(Helm("helm"), "kubectl"), Access(), proxy, "default", print)
        assert "/no/such/kubectl was not found" in explain(Release(site, "llm", (), (), 1))
"""


def test_what_is_wrong_with_a_cluster_is_said_in_one_line(
    tmp_path: Path, program: Program
) -> None:
    there = tmp_path / "there.json"
    there.write_text(
        json.dumps([{"kind": "Raw", "path": "/nodes", "body": "<html>login</html>"}])
    )
    proxy = f'exec {sys.executable} {Path(__file__).parent / "proxy.py"} "${{2#--unix-socket=}}" {there}'
    for name, script in {
        "kubectl": proxy,
        "helm": "exit 1",
        "kind": "exit 1",
        "docker": "exit 1",
    }.items():
        directory = program(name, script).parent
    (tmp_path / "test_chart.py").write_text(PLAIN)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    paths = {
        "PATH": f"{directory}{os.pathsep}{os.environ['PATH']}",
        "HELM_LLM_HOME": str(tmp_path / "home"),
    }
    environment = os.environ | paths | {"HELM_BIN": "", "KUBECONFIG": ""}
    plugins = (
        "-p",
        "helm_llm.harness.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "--llm-simulate",
    )
    argv = [
        sys.executable,
        "-m",
        "pytest",
        *plugins,
        "--rootdir",
        str(tmp_path),
        str(tmp_path / "test_chart.py"),
    ]
    done = subprocess.run(
        argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "is not a Kubernetes object: <html>login</html>" in done.stdout
    assert "a values file or a list of them, not [5]" in done.stdout
    assert "release llm runs no pod" in done.stdout
    assert "Traceback" not in done.stdout
