"""Every generated argument list in the newest release's own parser, where `ci/engines/record.py` has built its home."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from helm_llm.engines.parser import parse
from helm_llm.engines.release import release_text
from helm_llm.engines.table import load, releases

TOOL = Path(__file__).parents[2] / "ci" / "engines" / "real_parser.py"
DATA = Path(__file__).parents[1] / "data"
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "helm-llm"
    / "vllm"
)
PYTHON, NEWEST = CACHE / "environment-0.12" / "bin" / "python", releases()[-1]
SOURCES = CACHE / f"vllm-{release_text(NEWEST)}"


@pytest.mark.extended
@pytest.mark.skipif(
    not PYTHON.exists() or not SOURCES.exists(),
    reason="ci/engines/record.py has not run here",
)
def test_the_newest_table_is_its_parser() -> None:
    command = [str(PYTHON), str(TOOL), str(SOURCES), release_text(NEWEST)]
    said = json.loads(
        subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        ).stdout
    )
    table = load(NEWEST)
    assert {flag for option in said["options"] for flag in option["flags"]} == set(
        table.options
    )
    assert len(said["verdicts"]) >= 1000
    false_alarms = [
        verdict["argv"]
        for verdict in said["verdicts"]
        if "set" in verdict and parse(verdict["argv"], table).refused
    ]
    assert false_alarms == []
    missed = [
        verdict
        for verdict in said["verdicts"]
        if "error" in verdict and not parse(verdict["argv"], table).refused
    ]
    assert [verdict for verdict in missed if "onfig file" not in verdict["error"]] == [
        verdict for verdict in missed if "IndexError" in verdict["error"]
    ]


@pytest.mark.extended
@pytest.mark.skipif(
    not PYTHON.exists() or not SOURCES.exists(),
    reason="ci/engines/record.py has not run here",
)
def test_the_newest_release_starts_as_recorded() -> None:
    recorded = (DATA / f"vllm-starts-{release_text(NEWEST)}.jsonl").read_text("utf-8")
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [str(PYTHON), str(TOOL.with_name("real_start.py"))]
    answers = subprocess.run(
        command,
        input=recorded,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    )
    assert answers.stdout == recorded
