"""KServe's own CRDs take what the scenarios render: those of the oldest supported releases and of the newest."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "kserve-schemas.json"
SCENARIOS = sorted((ROOT / "charts" / "kserve-vllm" / "ci").glob("*-values.yaml"))
DOCUMENT: dict[str, Any] = json.loads(DATA.read_text())
FIRST_WITH_WORKERS = "0.15.2"

Objects = Callable[..., list[dict[str, Any]]]


def _errors(release: str, rendered: dict[str, Any]) -> list[str]:
    schema = {
        **DOCUMENT["releases"][release][rendered["kind"]],
        "definitions": DOCUMENT["definitions"],
    }
    return [
        f"{error.instance_path}: {error.message}"
        for error in jsonschema_rs.Draft7Validator(schema).iter_errors(rendered)
    ]


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda path: path.name.removesuffix("-values.yaml")
)
def test_every_supported_release_takes_a_scenario(
    scenario: Path, objects: Objects
) -> None:
    values = yaml.safe_load(scenario.read_text()) or {}
    found = [
        each
        for each in objects(values=values)
        if each["apiVersion"].startswith("serving.kserve.io/")
    ]
    releases = list(DOCUMENT["releases"])
    if values.get("servingTopology") == "multiNode":
        releases = releases[releases.index(FIRST_WITH_WORKERS) :]
    assert found
    for release in releases:
        assert [error for each in found for error in _errors(release, each)] == []


def test_the_schemas_refuse_what_the_upstream_chart_rendered(
    service: Callable[..., Any], multi_node: Any
) -> None:
    misplaced, too_new = service(), service(values=multi_node)
    misplaced["spec"]["predictor"]["model"]["nodeSelector"] = {"gpu": "a100"}
    for release in DOCUMENT["releases"]:
        assert any("nodeSelector" in error for error in _errors(release, misplaced))
    oldest, first_with_workers = list(DOCUMENT["releases"])[:2]
    assert any("pipelineParallelSize" in error for error in _errors(oldest, too_new))
    assert first_with_workers == FIRST_WITH_WORKERS


def test_the_readme_names_the_oldest_releases() -> None:
    readme = (ROOT / "charts" / "kserve-vllm" / "README.md").read_text()
    one_node, several, _ = DOCUMENT["releases"]
    assert f"| KServe {one_node.rpartition('.')[0]} or later | one node |" in readme
    assert f"| KServe {several} or later" in readme


@pytest.mark.extended
@pytest.mark.skipif(
    shutil.which("go") is None,
    reason="the CRDs come from a Go module, and there is no Go",
)
def test_the_data_is_what_the_releases_say(tmp_path: Path) -> None:
    fresh = tmp_path / "schemas.json"
    subprocess.run(
        [sys.executable, ROOT / "ci" / "kserve" / "write_schemas.py", fresh], check=True
    )
    assert fresh.read_text() == DATA.read_text()
