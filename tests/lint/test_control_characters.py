"""What steers a terminal, a log or a reader's eye comes out visible, and the caret still points at the value."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helm_llm.cli import run
from helm_llm.lint.excerpt import excerpt
from helm_llm.lint.finding import Place
from helm_llm.lint.reporters import FORMATS
from helm_llm.lint.reporters.text import columns

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")
ODD = "\x1b]8;;http://evil\x07\x9b31m\x7f\u202e\u2066\u200b\u2028\ufeff"
RAW = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
COMMANDS = "\\n::error file=x::forged\\n::stop-commands::t\\n##[error]forged"


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")


def escaped(text: str) -> str:
    """As a double-quoted scalar of YAML writes it."""
    return "".join(f"\\U{ord(char):08x}" if RAW.match(char) else char for char in text)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("rendered", [True, False], ids=["rendered", "alone"])
def test_no_value_steers_a_report(
    format: str,
    rendered: bool,
    helm4: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HELM_BIN", helm4)
    odd = escaped(ODD) + COMMANDS
    lines = [
        f'replicaCount: "{odd}"',
        f'"k{odd}": 1',
        f'image: {{tag: "{odd}", pullPolicy: "{odd}"}}',
    ]
    lines += [
        f'vllm: {{additionalArgs: ["--max-model-len", "{odd}", "--{odd}"]}}',
        f'"::error::{ODD[5:7]}": 2',
    ]
    Path("v.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    assert (
        run(
            [
                "lint",
                VLLM,
                "-f",
                "v.yaml",
                f"--format={format}",
                *([] if rendered else ["--no-render"]),
            ]
        )
        == 1
    )
    out = capsys.readouterr().out
    assert not RAW.search(out.replace("\n", ""))
    forged = [
        line
        for line in out.splitlines()
        if re.match(r"\s*::", line)
        and not re.match(
            r"::(error|warning|notice) file=(v\.yaml|/\S+/values\.yaml),", line
        )
    ]
    assert not forged
    assert "##[" not in out
    if format in ("json", "sarif"):
        json.loads(out)
    if format == "junit":
        ET.fromstring(out)


@pytest.mark.parametrize(
    "name",
    [
        "a\x1b[31m.yaml",
        "a\nb.yaml",
        "::error::x",
        "\u202ea.yaml",
        "a\udcff.yaml",
        "##[error]x",
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_no_file_name_steers_a_report(
    name: str, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text("replicaCount: many\n", "utf-8")
    for path in (name, f"./{name}"):
        code = run(
            ["lint", VLLM, "-f", f'"{path}"', f"--format={format}", "--no-render"]
        )
        assert code == (
            2 if re.search(r"[\x00-\x1f]", name) else 1
        )  # Helm takes no such name
        captured = capsys.readouterr()
        out = captured.out + captured.err
        assert not RAW.search(out.replace("\n", ""))
        assert not re.search(r"(?m)^\s*::(?!(error|warning) file=)|##\[", out)
        assert (
            run(["lint", VLLM, "-f", f'"{path}"', "--no-render", "--diff"])
            == code - code % 2
        )


@pytest.mark.parametrize("text", [ODD, "a\n::error::b", "##[error]", "\udcff"])
@pytest.mark.parametrize(
    "flag",
    [
        "--set",
        "--config",
        "--select",
        "--format",
        "--fail-on",
        "--values",
        "--no-such-",
    ],
)
def test_no_argument_steers_an_error(
    flag: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "\udcff" in text and flag == "--set":
        text = "a" + text
    assert run(["lint", VLLM, "--no-render", f"{flag}={text}"]) in (1, 2, 3)
    captured = capsys.readouterr()
    assert not RAW.search((captured.out + captured.err).replace("\n", ""))
    assert not re.search(r"(?m)^\s*::|##\[", captured.err)


def test_what_helm_says_is_made_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    helm = tmp_path / "helm"
    say = 'printf "Error: \\033[31mred\\302\\233 \\342\\200\\256x\\n::error::forged\\n" >&2; exit 1'
    helm.write_text(
        f'#!/bin/sh\n[ "$1" = version ] && {{ echo v3.22.0; exit; }}\n{say}\n'
    )
    helm.chmod(0o755)
    monkeypatch.setenv("HELM_BIN", str(helm))
    Path("v.yaml").write_text("{}\n")
    for format in FORMATS:
        assert run(["lint", VLLM, "-f", "v.yaml", f"--format={format}"]) == 1
        out = capsys.readouterr().out
        assert "red" in out
        assert not RAW.search(out.replace("\n", ""))
        assert not re.search(r"(?m)^\s*::(?!(error|warning|notice) file=)", out)


def test_the_summary_of_github_carries_no_markup() -> None:
    text = "".join(
        f'"k{number}![x](http://evil) <img src=x> `a` |": 1\n' for number in range(14)
    )
    Path("v.yaml").write_text(text, "utf-8")
    assert (
        run(
            [
                "lint",
                VLLM,
                "-f",
                "v.yaml",
                "--format=github",
                "--no-render",
                "--select=unknown-key",
            ]
        )
        == 1
    )
    summary = Path("summary.md").read_text("utf-8")
    assert "http://evil" in summary
    assert not re.search(
        r"(?<!\\)[!\[`]",
        summary.split("|---|---|")[1].replace("error[unknown-key]", ""),
    )
    assert "<img" not in summary


@pytest.mark.parametrize(
    ("source", "marked", "shown"),
    [
        ("a: value", (3, 8), "value"),
        ("\ta:\tvalue", (4, 9), "value"),
        ("a\x1b: value", (4, 9), "value"),
        ("模型: 值值", (4, 6), "值值"),
        ("e\u0301a: xy", (5, 7), "xy"),
        ("a: \x1bx", (3, 5), "\\x1bx"),
    ],
)
def test_the_caret_points_at_the_value(
    source: str, marked: tuple[int, int], shown: str
) -> None:
    text, (start, end) = excerpt(source, [], marked)
    assert text[start:end] == shown


@given(
    source=st.text(st.characters(exclude_characters="\n\r"), max_size=60),
    numbers=st.lists(st.integers(0, 60), min_size=6, max_size=6, unique=True),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_excerpt_shows_no_secret_and_marks_what_it_is_for(
    source: str, numbers: list[int]
) -> None:
    points = sorted(min(number, len(source)) for number in numbers[:4])
    hidden = [
        span
        for span in ((points[0], points[1]), (points[2], points[3]))
        if span[0] < span[1]
    ]
    hidden = hidden if len(hidden) < 2 or hidden[0][1] < hidden[1][0] else hidden[:1]
    start, end = sorted(numbers[4:])
    text, (first, last) = excerpt(source, hidden, (start, end))
    assert 0 <= first <= last <= len(text)
    assert not RAW.search(text)
    assert text.count("***") >= len(hidden)
    outside = (
        source[end : hidden[0][0] if hidden and hidden[0][0] >= end else len(source)]
        if not hidden
        else ""
    )
    assert len(text) >= len(outside)


def test_columns_are_those_of_a_terminal() -> None:
    for char, width in (("a", 1), ("é", 1), ("模", 2), ("\u0301", 0), ("ｱ", 1)):
        assert columns(char) == width, unicodedata.name(char)


def test_a_caret_line_is_as_wide_as_what_it_marks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("v.yaml").write_text(
        'podLabels: {"模型": "\\e\x85", a: 1}\nimage: {"模": 1, tag: 0.10} # \u200b \u202e x\n',
        "utf-8",
    )
    run(["lint", VLLM, "-f", "v.yaml", "--no-render", "--select=text-altered-by-yaml"])
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("    2 |"))
    caret = lines[at + 1]
    begin = columns(lines[at][: lines[at].index("0.10")])
    assert (caret.index("^"), caret.count("^")) == (begin, 4)


def test_a_place_without_a_mark_takes_its_columns() -> None:
    assert Place("file", "v.yaml", 1, 4, 1, 6, source="a: bc").marked == (3, 5)
    assert Place("file", "v.yaml", 1, 4, 2, 6, source="a: bc").marked == (3, 5)
