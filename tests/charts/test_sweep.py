"""A sample of `make sweep`: odd values at any key of a chart are refused or rendered, never an error of a template."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SWEEP = ROOT / "ci" / "sweep" / "sweep.py"
CHARTS = sorted(path.parent for path in ROOT.glob("charts/*/Chart.yaml"))


def sweep(helm: str, chart: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(SWEEP), "--helm", helm, *arguments, str(chart)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    completed = subprocess.run(command, capture_output=True, text=True, env=environment)
    return completed.returncode, completed.stdout + completed.stderr


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_sample_of_keys_and_odd_values(chart: Path, helm: str) -> None:
    code, printed = sweep(helm, chart, "--sample=15", f"--seed={CHARTS.index(chart)}")
    assert code == 0, printed


TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  size: {{ .Values.size | int | quote }}
  labels: {{ merge (dict "a" "b") .Values.labels | toJson | quote }}
"""


def test_a_template_that_fails_is_told(helm3: str, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (tmp_path / "values.yaml").write_text("size: 1\nlabels: {}\n")
    (tmp_path / "templates" / "c.yaml").write_text(TEMPLATE)
    schema = (
        '{"properties": {"size": {"type": "integer"}, "labels": {"type": "object"}}}'
    )
    (tmp_path / "values.schema.json").write_text(schema)
    code, printed = sweep(helm3, tmp_path)
    assert code == 1
    assert "defaults: labels = null: template: c/templates/c.yaml:6" in printed
    assert printed.count("defaults: ") == 1
