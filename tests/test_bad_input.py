"""Bad input ends in one line and 1 or 2, an output that takes nothing in one line and 3. Never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.lint.reporters import FORMATS

ROOT = Path(__file__).parents[1]
VLLM = str(ROOT / "charts" / "vllm")
START = [sys.executable, str(ROOT / "bin" / "start.py")]
ENVIRON = os.environ | {"PYTHONPATH": str(ROOT)}

Lint = Callable[..., tuple[int, str]]


@pytest.fixture
def lint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Lint:
    """Lint without rendering in an empty directory: the exit code and what standard error says."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        code = run(["lint", "--no-render", *arguments])
        return code, capsys.readouterr().err

    return call


def refused(outcome: tuple[int, str]) -> bool:
    code, err = outcome
    return (
        code == 2
        and err.startswith("Error: ")
        and err.count("\n") == 1
        and "bug in helm-llm" not in err
    )


REFUSED = (
    *(
        '"open',
        '"',
        'v.yaml,"',
        'q"x.yaml',
        '"v.yaml" ',
        '"v.yaml"x',
        "a\rb",
        '"a\nb"',
        "a\tb",
        "v.yaml,",
        '""""',
        "a\nb.yaml",
        "x" * 200000,
        "a/" * 3000,
    ),
    *(),
)


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name)[:30])
def test_names_of_values_files_that_helm_refuses(lint: Lint, name: str) -> None:
    Path("v.yaml").write_text("replicaCount: 1\n")
    assert refused(lint(VLLM, "-f", name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "v.yaml\n",
        '"v.yaml"',
        'v.yaml\nq"x.yaml',
        "v.yaml,v.yaml",
        '"v.yaml",v.yaml',
    ],
)
def test_names_of_values_files_that_helm_reads(lint: Lint, name: str) -> None:
    Path("v.yaml").write_text("replicaCount: 1\n")
    assert lint(VLLM, "-f", name) == (0, "")


@pytest.mark.parametrize("flag", ["--set", "--set-string", "--set-literal"])
@pytest.mark.parametrize(
    "text",
    [
        "nope=a\udcffb",
        "nope\udcff=1",
        "vllm.model=\udcff",
        "vllm.env[0].name=\udce2\udc82",
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_bytes_that_are_no_text(lint: Lint, flag: str, text: str, format: str) -> None:
    code, err = lint(VLLM, flag, text, "--format", f"{format}=report")
    assert code in (0, 1)
    assert not err


@pytest.mark.parametrize(
    "chart",
    ["a\0b", "\ud800", "oci://\0", "repo/\0", "", "a" * 5000, "a/" * 3000, "\n"],
)
def test_charts_that_are_no_names(lint: Lint, chart: str) -> None:
    assert refused(lint(chart)) or chart == "\n"
    assert lint(chart)[0] == 2


@pytest.mark.parametrize(
    "pattern", ["", "[", "**", "[!", "a" * 5000, "**/" * 2000, "\0"]
)
def test_patterns_that_match_nothing(lint: Lint, pattern: str) -> None:
    assert refused(lint(VLLM, "--each", pattern))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 5000 + "]" * 5000,
        '{"a":' * 900 + "1" + "}" * 900,
        "9" * 5000,
        "1e999",
        "NaN",
    ],
    ids=lambda text: text[:9],
)
def test_json_that_is_out_of_bounds(lint: Lint, text: str) -> None:
    assert refused(lint(VLLM, "--set-json", f"a={text}"))


CONFIGS = [
    *(
        "-1",
        "0",
        "true",
        "1.5",
        "null",
        '"8"',
        "[8]",
        "{}",
        "NaN",
        "Infinity",
        "1e999",
        "-" + "9" * 400,
        "9" * 400,
    ),
    *("[" * 150 + "]" * 150, '"\\ud800"'),
]


@pytest.mark.parametrize("value", CONFIGS, ids=lambda value: value[:9])
@pytest.mark.parametrize(
    "key",
    [
        "num_attention_heads",
        "n_head",
        "max_position_embeddings",
        "model_max_length",
        "text_config",
        "rope_scaling",
        "quantization_config",
    ],
)
def test_model_configs_of_odd_values(lint: Lint, key: str, value: str) -> None:
    rest = {"num_attention_heads": 32, "max_position_embeddings": 100}
    given = json.dumps(rest | {key: "@"}).replace('"@"', value)
    Path("config.json").write_text(
        '{"text_config": @}'.replace("@", given) if key != "text_config" else given
    )
    Path("v.yaml").write_text("vllm: {tensorParallelSize: 2, maxModelLen: 4096}\n")
    Path("conf.yaml").write_text("facts: {modelConfig: config.json}\n")
    code, err = lint(VLLM, "-f", "v.yaml", "--config", "conf.yaml")
    assert code in (0, 1), err
    assert not err


NO_JSON = (
    *(
        b"[" * 100000,
        b'{"a":' * 100000,
        b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}",
        b"\xff",
        b"\x00",
        b"",
        b"[]",
        b"5",
        b'{"a": ' + b"9" * 5000 + b"}",
        "{}".encode("utf-16"),
        b'{"a"',
    ),
    *(),
)


@pytest.mark.parametrize("content", NO_JSON, ids=lambda content: repr(content)[:12])
def test_model_configs_and_baselines_that_are_none(lint: Lint, content: bytes) -> None:
    Path("f.json").write_bytes(content)
    Path("conf.yaml").write_text("facts: {modelConfig: f.json}\n")
    assert refused(lint("--config", "conf.yaml", VLLM))
    assert refused(lint("--baseline", "f.json", VLLM))


@pytest.mark.parametrize(
    "value", ["5", "null", "[]", "{}", "true", "1.5", "[[]]", "NaN"]
)
@pytest.mark.parametrize("key", ["rule", "file", "path", "values", "more"])
def test_baselines_with_odd_entries(lint: Lint, key: str, value: str) -> None:
    entry = {"rule": "a", "file": "v.yaml", "path": "p", "values": "v"}
    text = json.dumps({"version": 1, "findings": [entry, entry | {key: "@"}]}).replace(
        '"@"', value
    )
    Path("b.json").write_text(text)
    Path("v.yaml").write_text("{}\n")
    assert refused(lint(VLLM, "-f", "v.yaml", "--baseline", "b.json"))


CALLS = [
    ["lint", VLLM, "--no-render", "--set", "nope=1"],
    *(["lint", VLLM, "--no-render", "--format", format] for format in FORMATS[1:]),
    *(
        ["rules"],
        ["rules", "--format", "json"],
        ["completion", "bash"],
        ["--help"],
        ["--version"],
    ),
]
WRONG = [["lint", "--nope"], ["lint", "nope"], ["nope"], ["rules", "nope"]]


def shell(call: list[str], redirection: str) -> subprocess.CompletedProcess[str]:
    script = f'exec "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *START, *call],
        env=ENVIRON,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
def test_standard_output_that_takes_nothing(call: list[str], redirection: str) -> None:
    ended = shell(call, redirection)
    assert ended.returncode == 3
    assert ended.stderr.startswith("Error: standard output: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("call", [*CALLS, *WRONG], ids=" ".join)
@pytest.mark.parametrize("redirection", [">/dev/full 2>&1", "<&- >&- 2>&-"])
def test_no_output_that_takes_anything(call: list[str], redirection: str) -> None:
    ended = shell(call, redirection)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")


@pytest.mark.parametrize("call", WRONG, ids=" ".join)
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_standard_error_that_takes_no_message(
    call: list[str], redirection: str
) -> None:
    ended = shell(call, redirection)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_standard_error_that_nothing_is_written_to(redirection: str) -> None:
    ended = shell(["lint", VLLM, "--no-render", "--set", "nope=1"], redirection)
    assert ended.returncode == 1
    assert "has no key nope" in ended.stdout


def test_a_closed_standard_output_is_no_matter_to_a_report_in_a_file(
    tmp_path: Path,
) -> None:
    ended = shell([*CALLS[0], "-o", str(tmp_path / "report")], ">&-")
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "has no key nope" in (tmp_path / "report").read_text()


@pytest.mark.parametrize(
    "option", [["-f"], ["--each"], ["--config"], ["--baseline"], []], ids=str
)
def test_names_that_are_no_text(option: list[str]) -> None:
    ended = subprocess.run(
        [*START, "lint", VLLM, "--no-render", *option, b"\xff"],
        env=ENVIRON,
        capture_output=True,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"Error: ")
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("output", [[], ["-o", "report"]], ids=["printed", "written"])
def test_a_values_file_whose_name_is_no_text(
    tmp_path: Path, format: str, output: list[str]
) -> None:
    name = os.fsencode(tmp_path) + b"/v\xff.yaml"
    Path(os.fsdecode(name)).write_text("nope: 1\n")
    call: list[str | bytes] = [
        *START,
        "lint",
        VLLM,
        "--no-render",
        "-f",
        name,
        "--format",
        format,
        *output,
    ]
    ended = subprocess.run(call, env=ENVIRON, capture_output=True, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.parametrize(
    "text",
    [
        'targets: [{chart: "a\\0b"}]',
        'baseline: "a\\0b"',
        'facts: {modelConfig: "a\\0b"}',
    ],
)
def test_a_configuration_with_a_character_that_no_name_has(
    lint: Lint, text: str
) -> None:
    Path("conf.yaml").write_text(text)
    assert refused(lint(VLLM, "--config", "conf.yaml"))


def test_a_working_directory_that_is_gone(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert refused(lint(VLLM))
