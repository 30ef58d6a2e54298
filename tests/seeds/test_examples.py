"""What lint says of every values block and command line that the documents of the original charts print.

expected.yaml holds example -> [rule, path] of each finding; an example that is fine has an empty list.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = sorted((HERE / "examples").glob("*/*"))
EXPECTED: dict[str, list[list[str]]] = yaml.safe_load((HERE / "expected.yaml").read_text())

pytestmark = pytest.mark.extended


def _name(example: Path) -> str:
    return f"{example.parent.name}/{example.name}"


def _arguments(example: Path) -> list[str]:
    if example.suffix == ".yaml":
        return [f"--values={example}"]
    return [f"--set={argument}" for argument in yaml.safe_load(example.read_text())]


def _lint(example: Path) -> Any:
    chart = str(ROOT / "charts" / example.parent.name)
    command = [sys.executable, "-m", "helm_llm", "lint", chart, *_arguments(example), "--no-render", "--format=json"]
    linted = subprocess.run([*command, "--fail-on=never"], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(linted.stdout)


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_findings_of_an_example(example: Path) -> None:
    findings = _lint(example)["findings"]
    assert [[finding["rule"], finding["path"]] for finding in findings] == EXPECTED[_name(example)]


def test_every_example_is_expected() -> None:
    assert set(EXPECTED) == {_name(example) for example in EXAMPLES}
