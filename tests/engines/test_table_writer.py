"""ci/engines/write_tables.py, as far as it needs neither the network nor vLLM."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import helm_llm.engines as package
from helm_llm.engines.release import release_text
from helm_llm.engines.table import releases

ENGINES = Path(package.__file__).parent
WRITER = Path(__file__).parents[2] / "ci" / "engines"
TABLES = {
    name: json.loads((ENGINES / f"vllm-{name}.json").read_bytes())
    for name in map(release_text, releases())
}
NEWEST = release_text(releases()[-1])


@pytest.fixture
def ranges(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(WRITER))
    return importlib.import_module("release_ranges")


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(WRITER))
    return importlib.import_module("table_files")


def _write_tables(*arguments: str) -> tuple[int, str, str]:
    # Without its network the program must not get beyond its checks.
    environment = os.environ | {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    done = subprocess.run(
        [sys.executable, str(WRITER / "write_tables.py"), *arguments],
        env=environment | {"XDG_CACHE_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_adding_each_release_gives_the_ranges_of_flags(
    ranges: ModuleType, files: ModuleType
) -> None:
    found: dict[str, list[list[str]]] = {}
    for release, table in TABLES.items():
        flags = [flag for option in table["options"] for flag in option["flags"]]
        found = ranges.with_release(found, release, flags)
    assert files.ranges_text(found) == files.FLAGS.read_text("utf-8")


@pytest.mark.parametrize("name", ["flags", "variables"])
def test_adding_the_newest_release_again_changes_no_range(
    ranges: ModuleType, files: ModuleType, name: str
) -> None:
    path = ENGINES / f"vllm-{name}.json"
    recorded = files.read_ranges(path)
    present = [name for name, spans in recorded.items() if ranges.is_open(spans)]
    before = ranges.without_release(recorded, NEWEST)
    assert NEWEST not in set(ranges.releases_of(before))
    again = ranges.with_release(before, NEWEST, present)
    assert files.ranges_text(again) == path.read_text("utf-8")


@pytest.mark.parametrize("release", TABLES)
def test_a_table_is_written_as_it_was(files: ModuleType, release: str) -> None:
    about = dict(TABLES[release])
    entries = about.pop("options")
    path = ENGINES / f"vllm-{release}.json"
    assert files.table_text(about, entries) == path.read_text("utf-8")


@pytest.mark.parametrize("arguments", [[], [""], ["0.34"], ["v0.34.0"], ["1.0.0", "2"]])
def test_an_argument_that_is_not_a_release_is_refused(arguments: list[str]) -> None:
    code, stdout, stderr = _write_tables(*arguments)
    assert (code, stdout) == (1, "")
    assert stderr == "name one release: make engine-tables RELEASE=0.34.0\n"


def test_a_release_before_the_newest_is_refused() -> None:
    code, stdout, stderr = _write_tables("0.9.1")
    assert (code, stdout) == (1, "")
    assert stderr.startswith("vLLM 0.9.1 cannot be added: ")
    assert stderr.count("\n") == 1


def test_a_package_index_that_does_not_answer_is_one_line_of_error() -> None:
    before = {path: path.stat().st_mtime_ns for path in ENGINES.iterdir()}
    code, stdout, stderr = _write_tables("999.0.0")
    assert (code, stdout) == (1, "")
    assert stderr.startswith("cannot download https://pypi.org/simple/vllm/: ")
    assert stderr.count("\n") == 1
    assert {path: path.stat().st_mtime_ns for path in ENGINES.iterdir()} == before
