"""The findings in every values block and command line from the documents of the original charts.

expected.yaml maps each example to [rule, path] of its findings, or to an empty list. For a
command line that Helm also refuses, it holds the error message.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = sorted((HERE / "examples").glob("*/*"))
EXPECTED: dict[str, list[list[str]] | str] = yaml.safe_load(
    (HERE / "expected.yaml").read_text()
)

pytestmark = pytest.mark.extended


def _name(example: Path) -> str:
    return f"{example.parent.name}/{example.name}"


def _arguments(example: Path) -> list[str]:
    if example.suffix == ".yaml":
        return [f"--values={example}"]
    return [f"--set={argument}" for argument in yaml.safe_load(example.read_text())]


def _lint(example: Path) -> subprocess.CompletedProcess[str]:
    chart = str(ROOT / "charts" / example.parent.name)
    command = [
        sys.executable,
        "-m",
        "helm_llm",
        "lint",
        chart,
        *_arguments(example),
        "--no-render",
        "--format=json",
    ]
    return subprocess.run(
        [*command, "--fail-on=never"], capture_output=True, text=True, cwd=ROOT
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_findings_of_an_example(example: Path) -> None:
    linted, expected = _lint(example), EXPECTED[_name(example)]
    if isinstance(expected, str):
        assert (linted.returncode, expected in linted.stderr) == (2, True), (
            linted.stderr
        )
    else:
        assert linted.returncode == 0, linted.stderr
        findings = json.loads(linted.stdout)["findings"]
        assert [[finding["rule"], finding["path"]] for finding in findings] == expected


def test_every_example_is_expected() -> None:
    assert set(EXPECTED) == {_name(example) for example in EXAMPLES}
