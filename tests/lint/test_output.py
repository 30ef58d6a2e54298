"""Several reports in one run, and their files."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.errors import UsageError
from helm_llm.lint.output import Output, parse_outputs
from helm_llm.lint.progress import MANY

CHART = str(Path(__file__).parents[2] / "charts" / "vllm")


@pytest.fixture(autouse=True)
def _in_a_directory_with_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text("replicaCount: many\n", "utf-8")


def lint(*arguments: str) -> int:
    return run(["lint", CHART, "-f", "v.yaml", "--no-render", *arguments])


def test_text_is_the_default() -> None:
    assert parse_outputs((), None) == (Output("text"),)
    assert parse_outputs((), "x.txt") == (Output("text", Path("x.txt")),)


def test_one_run_writes_several_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        lint("--format", "text", "--format", "sarif=a.sarif", "--format=junit=b.xml")
        == 1
    )
    assert "error[schema]" in capsys.readouterr().out
    assert json.loads(Path("a.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert Path("b.xml").read_text("utf-8").startswith("<?xml")


def test_output_is_the_file_of_the_format_that_names_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert lint("--format", "json", "--format", "sarif=a.sarif", "-o", "b.json") == 1
    assert capsys.readouterr().out == ""
    assert json.loads(Path("b.json").read_text("utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("formats", "file", "message"),
    [
        (
            ["text", "json"],
            None,
            "cannot share standard output: write one to a file, --format json=FILE",
        ),
        (["jsn"], None, r"there is no format 'jsn', did you mean json\?"),
        (["html"], None, "use text, json, sarif, github, junit"),
        (["json=a.json"], "b.json", "every --format names a file already"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    formats: list[str], file: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        parse_outputs(formats, file)


def test_files_are_written_all_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.json").write_text("before", "utf-8")
    assert lint("--format", "json=a.json", "--format", "sarif=absent/b.sarif") == 2
    assert "cannot write absent/b.sarif" in capsys.readouterr().err
    assert Path("a.json").read_text("utf-8") == "before"
    assert sorted(path.name for path in Path().iterdir()) == ["a.json", "v.yaml"]


def _stderr_of(files: int, *, terminal: bool) -> str:
    for number in range(files):
        Path(f"{number}.yaml").write_text("{}\n", "utf-8")
    argv = [
        sys.executable,
        "-m",
        "helm_llm",
        "lint",
        CHART,
        "--each",
        "[0-9]*.yaml",
        "--no-render",
    ]
    ours, theirs = pty.openpty() if terminal else os.pipe()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TERM": "xterm",
    }
    subprocess.run(
        argv, stderr=theirs, stdout=subprocess.DEVNULL, env=environment, check=False
    )
    os.close(theirs)
    try:
        return os.read(ours, 65536).decode()
    except OSError:  # a terminal that is closed and empty
        return ""
    finally:
        os.close(ours)


def test_many_files_show_a_bar_on_a_terminal() -> None:
    assert "linting" in _stderr_of(MANY, terminal=True)


@pytest.mark.parametrize(("files", "terminal"), [(MANY - 1, True), (MANY, False)])
def test_there_is_no_bar_for_few_files_or_elsewhere(files: int, terminal: bool) -> None:
    assert _stderr_of(files, terminal=terminal) == ""


@pytest.mark.parametrize(
    "option",
    [
        ["-o", "v.yaml"],
        ["--format", "json=./v.yaml"],
        ["--format=json=link.yaml"],
        ["--write-baseline=v.yaml"],
        ["-o", "known.json", "--baseline=known.json"],
    ],
    ids=" ".join,
)
def test_what_is_read_is_not_overwritten(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("link.yaml").symlink_to("v.yaml")
    Path("known.json").write_text('{"version": 1, "findings": []}', "utf-8")
    before = Path("known.json").read_text("utf-8")
    assert lint(*option) == 2
    assert "is read in this run and would be overwritten" in capsys.readouterr().err
    assert Path("v.yaml").read_text("utf-8") == "replicaCount: many\n"
    assert Path("known.json").read_text("utf-8") == before


def test_a_report_in_the_directory_of_a_chart_is_written(tmp_path: Path) -> None:
    assert (
        lint(
            "-o",
            str(tmp_path / "report.txt"),
            "--baseline",
            "known.json",
            "--write-baseline",
            "known.json",
        )
        == 0
    )
    assert (tmp_path / "report.txt").exists()


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_report_goes_to_standard_output_by_its_name(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert lint("--format", "json", "-o", name) == 1
    assert json.loads(capfd.readouterr().out)["version"] == 1


@pytest.mark.parametrize("name", ["/dev/full", ".", "absent/a", "n" * 300])
@pytest.mark.parametrize("option", ["--format=json=", "--write-baseline="])
def test_what_cannot_be_written_is_one_line(
    name: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(option + name) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["v.yaml"]
