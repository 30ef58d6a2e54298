"""Command lines that are accepted, their options, and the errors for other command lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from helm_llm.engines.release import release
from helm_llm.simulator import arguments, cli
from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.personality import Engine, choose_personality

RELEASE = "0.33.0"
SERVE = "vllm serve"
VERDICTS = Path(__file__).parents[1] / "data" / f"vllm-parser-{RELEASE}.jsonl"
TABLES = Path(__file__).parents[2] / "helm_llm" / "engines"


def parsed(
    *words: str, program: str = SERVE, name: Engine = "vllm"
) -> Mapping[str, Any]:
    return arguments.parse_arguments(
        choose_personality(name, {}), RELEASE, words, program
    )


def refusal(*words: str, program: str = SERVE) -> tuple[int, str]:
    with pytest.raises(StartFailed) as caught:
        parsed(*words, program=program)
    return caught.value.code, str(caught.value).splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--max_model_len", "10"], {"max-model-len": 10}),
        (["--max-model-len=32k"], {"max-model-len": 32000}),
        (["--max-model-len=32K"], {"max-model-len": 32768}),
        (["--max-model-len", "auto"], {"max-model-len": -1}),
        (["--max-model-len", "-1"], {"max-model-len": -1}),
        (["--tensor-parallel", "2"], {"tensor-parallel-size": 2}),
        (["-tp", "2"], {"tensor-parallel-size": 2}),
        (["-tp=2"], {"tensor-parallel-size": 2}),
        (["--port", "1", "--port", "2"], {"port": 2}),
        (["--api-key", "a", "b"], {"api-key": ["a", "b"]}),
        (["--enable-lora"], {"enable-lora": True}),
        (["--disable-lora"], {"enable-lora": False}),
        (["--no-enable-lora"], {"enable-lora": False}),
        (["--served-model-name", "a", "b"], {"served-model-name": ["a", "b"]}),
        (
            ["--lora-modules", "a=/p", "b=/q"],
            {
                "lora-modules": [
                    {"name": "a", "path": "/p"},
                    {"name": "b", "path": "/q"},
                ]
            },
        ),
        (
            ["--lora-modules", '{"name": "a", "path": "/p"}'],
            {"lora-modules": [{"name": "a", "path": "/p"}]},
        ),
    ],
)
def test_what_is_taken(words: list[str], options: dict[str, Any]) -> None:
    given = parsed("m", *words)
    assert {name: given[name] for name in options} == options
    assert given["model"] == "m"


@pytest.mark.parametrize(
    "words",
    [
        ["-asc", "1"],
        ["-O3"],
        ["-O=3"],
        ["-O", "3"],
        [
            "--kv-transfer-config.kv_connector",
            "X",
            "--kv-transfer-config.kv_role=kv_both",
        ],
        ["--hf-overrides", "{bad"],
        ["--tool-call-parser", "nonsense"],
    ],
)
def test_what_is_taken_and_ignored(words: list[str]) -> None:
    assert parsed("m", *words)["model"] == "m"


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (["--x", "y"], "vllm: error: unrecognized arguments: --x y"),
        (["second"], "vllm: error: unrecognized arguments: second"),
        (
            ["--enable-prefix-caching", "true"],
            "vllm: error: unrecognized arguments: true",
        ),
        (["--port", "x"], "vllm serve: error: argument --port: invalid int value: 'x'"),
        (
            ["--api-key"],
            "vllm serve: error: argument --api-key: expected at least one argument",
        ),
        (["--port"], "vllm serve: error: argument --port: expected one argument"),
    ],
)
def test_what_is_refused(words: list[str], last: str) -> None:
    assert refusal("m", *words) == (2, last)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (
            ["--dtype", "fp16"],
            "vllm serve: error: argument --dtype: invalid choice: 'fp16' (choose from ",
        ),
        (
            ["--max-num", "2"],
            "vllm serve: error: ambiguous option: --max-num could match --max-num-",
        ),
        (
            ["--speculative-config", "{bad"],
            "vllm serve: error: argument --speculative-config",
        ),
        (["--lora-modules", '[{"name": "a", "path": "/p"}]'], "vllm serve: error: "),
    ],
)
def test_what_is_refused_at_length(words: list[str], part: str) -> None:
    code, last = refusal("m", *words)
    assert (code, part in last) == (2, True), last


WORDED_ALIKE = ("unrecognized arguments: ", "argument --", "ambiguous option: ")
NOT_OURS = (
    "cannot be converted",
    "Hint:",
    "Decimals are not allowed",
    "validation error",
    "choose from",
    "could match",
)


def recorded() -> list[tuple[list[str], str]]:
    """Verdicts of the real parser, without its crashes and without texts of libraries that vary."""
    cases = map(json.loads, VERDICTS.read_text().splitlines())
    refused = [(case["argv"], case["error"]) for case in cases if "error" in case]
    return [
        (words, text)
        for words, text in refused
        if text.startswith(WORDED_ALIKE) and "\n" not in text
    ]


def test_the_last_words_are_those_of_the_real_parser() -> None:
    cases = [
        (words, text)
        for words, text in recorded()
        if not any(part in text for part in NOT_OURS)
    ]
    assert len(cases) > 100
    for words, text in cases:
        assert refusal(*words)[1].partition(": error: ")[2].startswith(text.rstrip()), (
            words
        )  # texts are cut at a length


def test_a_refusal_is_preceded_by_the_usage() -> None:
    with pytest.raises(
        StartFailed, match=r"\Ausage: vllm \[-h\] \[-v\] \{chat,complete,serve,"
    ):
        parsed("m", "--x")
    with pytest.raises(
        StartFailed, match=r"\Ausage: vllm serve \[model_tag\] \[options\]"
    ):
        parsed("m", "--port=x")


def test_the_removed_task_has_a_hint() -> None:
    with pytest.raises(
        StartFailed,
        match=r"unrecognized arguments: --task embed\n\nHint: .*--runner pooling.*--convert",
    ) as caught:
        parsed("m", "--task", "embed")
    assert caught.value.code == 2


def test_auto_tool_choice_needs_a_parser() -> None:
    expected = "TypeError: Error: --enable-auto-tool-choice requires --tool-call-parser"
    assert refusal("m", "--enable-auto-tool-choice") == (1, expected)
    assert (
        parsed("m", "--enable-auto-tool-choice", "--tool-call-parser=hermes")[
            "tool-call-parser"
        ]
        == "hermes"
    )


def test_the_model_as_an_option_is_moved() -> None:
    assert parsed("--served-model-name", "a", "--model", "m")["model"] == "m"
    assert parsed("--model=m")["model"] == "m"
    assert (
        parsed("--model", "x", "--model", "m", program="api_server.py")["model"] == "m"
    )
    assert refusal("--model", program="api_server.py") == (
        2,
        "api_server.py: error: argument --model: expected one argument",
    )


def test_older_releases_refuse_the_model_as_an_option() -> None:
    with pytest.raises(
        StartFailed, match=r"ValueError: .* instead of via the `--model` option\."
    ) as caught:
        arguments.parse_arguments(
            choose_personality("vllm", {}), "0.11.0", ["--model", "m"]
        )
    assert caught.value.code == 1
    assert (
        arguments.parse_arguments(
            choose_personality("vllm", {}), "0.11.0", ["--model=m"]
        )["model"]
        == "m"
    )


def test_the_model_may_be_anywhere() -> None:
    assert parsed("--port=1", "m")["model"] == "m"
    assert parsed("--enforce-eager", "m", "--port=1")["model"] == "m"
    assert refusal("--enforce-eager", "m", "--enforce-eager", "n") == (
        2,
        "vllm: error: unrecognized arguments: n",
    )


def test_the_module_ignores_a_word_in_the_place_of_the_model() -> None:
    assert parsed("ignored", "--port=1", program="api_server.py") == {"port": 1}


def test_a_served_name_needs_a_model() -> None:
    code, last = refusal("--served-model-name", "a")
    assert code == 1
    assert last.startswith(
        "ValueError: `model` should be provided as the first positional argument"
    )


@pytest.mark.parametrize("words", [["--uds", "/tmp/s"], ["--grpc"]])
def test_other_transports_are_not_simulated(words: list[str]) -> None:
    code, last = refusal("m", *words)
    assert (code, last.startswith("[simulator] ")) == (3, True)


def test_no_model_is_the_default_model() -> None:
    assert not parsed().get("model")


CONFIG = """\
# what we serve
model: acme/model   # by name
served-model-name:
  - small
  - "tiny"
port: 9000
enable-lora: true
enable-prefix-caching: false
root-path: '/llm'
"""


def test_a_configuration_file(tmp_path: Path) -> None:
    file = tmp_path / "vllm.yaml"
    file.write_text(CONFIG)
    given = parsed("--config", str(file), "--port=8001")
    expected = {
        "model": "acme/model",
        "served-model-name": ["small", "tiny"],
        "port": 8001,
        "enable-lora": True,
        "enable-prefix-caching": False,
        "root-path": "/llm",
    }
    assert dict(given) == expected
    assert parsed("mine", "--config", str(file))["model"] == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  b: 1\n",
        "- a\n",
        "a: {b: 1}\n",
        "a: |\n  text\n",
        "just words\n",
        "a: &x 1\n",
    ],
)
def test_a_configuration_file_that_is_more_than_flat(tmp_path: Path, text: str) -> None:
    file = tmp_path / "vllm.yaml"
    file.write_text(text)
    code, last = refusal("m", "--config", str(file))
    assert code == 3
    assert last.startswith(f"[simulator] {file}:")


def test_a_configuration_file_that_is_none(tmp_path: Path) -> None:
    assert refusal("m", "--config", str(tmp_path / "absent.yaml"))[0] == 1
    assert refusal("m", "--config", "vllm.json") == (
        1,
        "ValueError: Config file must be of a yaml/yml type. json supplied",
    )
    assert refusal("--config")[0] in (1, 2)


def run(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = cli.run(argv, {})
    return (code, *capfd.readouterr())


def test_the_newest_release_is_the_default(
    capfd: pytest.CaptureFixture[str],
) -> None:
    newest = max(
        release(path.stem.removeprefix("vllm-")) or (0, 0, 0)
        for path in TABLES.glob("vllm-[0-9]*.json")
    )
    assert arguments.choose_vllm_release({}) == ".".join(map(str, newest))
    assert run(capfd, "vllm", "--version") == (
        0,
        f"{arguments.choose_vllm_release({})}\n",
        "",
    )


def test_vllm_without_words_shows_its_usage(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "vllm")
    assert (code, out.startswith("usage: vllm ")) == (0, True)
    assert run(capfd, "vllm", "--help")[0] == 0


def test_help_lists_every_option(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "vllm", "serve", "--help")
    assert code == 0
    shown = [line.strip() for line in out.splitlines()]
    assert {"--max-model-len", "--tensor-parallel-size, -tp"} <= set(shown)
    assert len(shown) > 300


def test_other_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "vllm", "chat")[0] == 3
    code, _, err = run(capfd, "vllm", "swerve")
    assert code == 2
    assert (
        "vllm: error: argument subparser: invalid choice: 'swerve' (choose from " in err
    )
