"""The generator of the README's values table."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def copy(chart: Path, tmp_path: Path) -> Path:
    for name in ("values.yaml", "README.md"):
        shutil.copy(chart / name, tmp_path)
    return tmp_path


def table(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "ci/docs/values_table.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def add(chart: Path, text: str) -> None:
    with (chart / "values.yaml").open("a") as values:
        values.write(text)


def test_a_fresh_table_stays(copy: Path) -> None:
    before = (copy / "README.md").read_text()
    assert table("--check", copy).returncode == 0
    assert table(copy).returncode == 0
    assert (copy / "README.md").read_text() == before


def test_a_stale_table_is_found_and_refreshed(copy: Path) -> None:
    add(
        copy,
        "more:\n  # ignored\n  # -- One | two,\n  # three.\n  a.b: [1]\n\n  # c: null\n  # Not set.\n",
    )
    stale = table("--check", copy)
    assert (stale.returncode, stale.stderr.splitlines()[0]) == (
        1,
        f"{copy}/README.md is stale: python ci/docs/values_table.py {copy}",
    )
    assert table(copy).returncode == table("--check", copy).returncode == 0
    readme = (copy / "README.md").read_text()
    assert (
        "| `more.a\\.b` | list | `[1]` | One \\| two, three. |\n| `more.c` |  | not set | Not set. |\n<!--"
        in readme
    )


@pytest.mark.parametrize("text", ["more: 1\n", "# just a comment\nmore: {}\n"])
def test_every_key_needs_a_comment(copy: Path, text: str) -> None:
    add(copy, text)
    undocumented = table(copy)
    assert undocumented.returncode == 1
    assert "more has no comment" in undocumented.stderr
