"""The argument lists that the scenarios of our charts with an argument list of their own render."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.document.reader import read_document
from helm_llm.engines.parser import parse
from helm_llm.engines.release import release
from helm_llm.engines.table import newest, table
from helm_llm.serving import spec_of
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHARTS = Path(__file__).parents[2] / "charts"
BEFORE = {"vllm": "serve", "aidaptivcache": "vllm-api"}
"""The word in front of the engine's own."""
SCENARIOS = [
    path
    for name in BEFORE
    for path in sorted((CHARTS / name / "ci").glob("*-values.yaml"))
]


def _container(helm: str, scenario: Path) -> dict[str, list[str]]:
    command = [
        helm,
        "template",
        "r",
        str(scenario.parents[1]),
        "--kube-version=1.34.0",
        "--values",
        str(scenario),
    ]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    workloads = [
        found
        for found in yaml.safe_load_all(out)
        if found and found["kind"] in ("Deployment", "StatefulSet")
    ]
    container: dict[str, list[str]] = workloads[0]["spec"]["template"]["spec"][
        "containers"
    ][0]
    return container


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}/{path.stem}"
)
def test_the_engine_takes_what_a_scenario_renders(scenario: Path, helm3: str) -> None:
    container = _container(helm3, scenario)
    words = [*container["command"], *container["args"]]
    words = words[words.index(BEFORE[scenario.parts[-3]]) + 1 :]
    spec = spec_of(
        layer(
            load_chart(str(scenario.parents[1])),
            [read_document(str(scenario))],
            [],
        )
    )
    assert spec is not None
    assert spec.command is not None
    assert [_plain(field.value) for field in spec.command.words] == [
        _plain(word) for word in words
    ]
    number = release(str(container["image"]).rpartition(":")[2])
    known = (table(number) if number else None) or newest()
    assert parse(words, known.extended(spec.command.extra)).refused == ()


def _plain(word: str) -> Any:
    """Words that are JSON may have blanks and any order."""
    try:
        return json.loads(word)
    except ValueError:
        return word.replace(": ", ":")
