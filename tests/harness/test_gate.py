"""The lint gate of `helm llm test` follows the configuration of `helm llm lint`."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helm_llm.harness import lint_gate
from helm_llm.harness.result import Failed
from helm_llm.lint.targets.target import Target
from helm_llm.tools.helm import Helm

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")
RANKS = "vllm: {tensorParallelSize: 4}\nresources: {limits: {nvidia.com/gpu: 2}}\n"


@pytest.fixture
def site(helm3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All that the gate takes of a site: Helm."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("v.yaml").write_text(RANKS)
    return SimpleNamespace(tools=SimpleNamespace(helm=Helm(helm3)))


def test_an_error_is_not_installed(site: Any) -> None:
    with pytest.raises(Failed, match="finds 1 error in the values"):
        lint_gate.lint_chart(site, "r", Target(VLLM, ("v.yaml",)))


@pytest.mark.parametrize(
    "config",
    [
        "ignore: [tensor-parallel-exceeds-gpus]\n",
        "severity: {tensor-parallel-exceeds-gpus: warning}\n",
    ],
)
def test_what_the_configuration_allows_is(site: Any, config: str) -> None:
    Path(".helm-llm.yaml").write_text(config)
    assert "error" not in lint_gate.lint_chart(site, "r", Target(VLLM, ("v.yaml",)))
