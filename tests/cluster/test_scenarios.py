"""Every scenario the charts ship, installed as it is around a simulated engine, with the chart's own `helm test`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from helm_llm.harness.plan import plan
from helm_llm.lint.targets.target import Target
from tests.cluster.conftest import Cluster

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
AT_A_TIME = 6
CHARTS = sorted(path.parent.name for path in ROOT.glob("charts/*/Chart.yaml"))
ON_HELM_4 = {
    "aidaptivcache": ("kind",),
    "kserve-vllm": ("raw-pvc",),
    "nim-llm": ("default", "deployment", "inline-key"),
    "vllm": ("default", "api-key", "rolling-update"),
}


def groups() -> Iterator[Any]:
    """The scenarios of each chart, as many at a time as a small node bears."""
    for chart in CHARTS:
        names = [
            case.name
            for case in plan(Target(f"{ROOT}/charts/{chart}"), ())
            if not case.skipped
        ]
        yield from (
            pytest.param(chart, some, id=f"{chart}-{some[0]}-to-{some[-1]}")
            for some in (
                names[first : first + AT_A_TIME]
                for first in range(0, len(names), AT_A_TIME)
            )
        )


def run(
    cluster: Cluster, chart: str, helm: str, home: Path, *arguments: str
) -> list[dict[str, Any]]:
    words = ("mine", f"charts/{chart}", "--simulate", *arguments)
    _, cases = cluster.helm_llm_test(helm, home, *words, seconds=1800)
    return cases


def assert_passed(cases: list[dict[str, Any]], names: Sequence[str]) -> None:
    """Only the key step may be skipped, and text generation for embedding models."""
    assert [case["name"] for case in cases] == sorted(names)
    failed = {
        case["name"]: case["steps"][-1] for case in cases if case["outcome"] != "passed"
    }
    assert failed == {}
    for case in cases:
        steps = {step["name"]: step["outcome"] for step in case["steps"]}
        assert steps["helm test"] == "passed", case
        absent = (
            {"key", "completion", "chat", "stream"}
            if case["name"] == "pooling"
            else {"key"}
        )
        assert {
            name for name, outcome in steps.items() if outcome == "skipped"
        } <= absent, case


def cases_of(names: Sequence[str]) -> list[str]:
    return [f"-j{len(names)}", *(f"--case={name}" for name in names)]


@pytest.mark.parametrize(("chart", "names"), list(groups()))
def test_a_scenario_works(
    chart: str, names: list[str], cluster: Cluster, helm3: str, tmp_path: Path
) -> None:
    assert_passed(
        run(cluster, chart, helm3, tmp_path / "home", *cases_of(names)), names
    )


@pytest.mark.parametrize("chart", ON_HELM_4)
def test_a_scenario_works_with_helm_4(
    chart: str, cluster: Cluster, helm4: str, tmp_path: Path
) -> None:
    names = ON_HELM_4[chart]
    assert_passed(
        run(cluster, chart, helm4, tmp_path / "home", *cases_of(names)), names
    )


@pytest.mark.parametrize(
    ("chart", "scenario", "level"),
    [
        ("nim-llm", "restricted", "restricted"),
        ("vllm", "restricted", "restricted"),
        ("vllm", "drop-cache", "privileged"),
    ],
)
def test_a_scenario_in_a_namespace_of_its_level(
    chart: str,
    scenario: str,
    level: str,
    cluster: Cluster,
    namespace: str,
    helm3: str,
    tmp_path: Path,
) -> None:
    cluster.enforce(namespace, level)
    values = f"charts/{chart}/ci/{scenario}-values.yaml"
    assert_passed(
        run(cluster, chart, helm3, tmp_path / "home", "-f", values, "-n", namespace),
        [scenario],
    )
