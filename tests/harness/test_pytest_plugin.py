"""The pytest plugin where pytest-helm-charts is missing: it is in the way of nobody."""

import subprocess
import sys
from pathlib import Path

import pytest

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
    plugins = ("-p", "helm_llm.harness.pytest_plugin", "-p", "no:helm-charts", "-p", "no:cacheprovider")
    argv = [sys.executable, "-m", "pytest", *plugins, "--rootdir", str(tmp_path), str(tmp_path)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_one_line_says_what_to_install(outcome: "subprocess.CompletedProcess[str]") -> None:
    assert outcome.returncode == 1
    assert "pip install 'helm-llm[test]'" in outcome.stdout
    assert "Traceback" not in outcome.stdout


def test_other_tests_run(outcome: "subprocess.CompletedProcess[str]") -> None:
    assert "1 passed, 1 error" in outcome.stdout


def test_loading_it_imports_nothing_of_the_harness() -> None:
    code = "import sys, helm_llm.harness.pytest_plugin; print(*[m for m in sys.modules if m.startswith('helm_llm')])"
    found = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert set(found) == {"helm_llm", "helm_llm.harness", "helm_llm.harness.pytest_plugin"}
