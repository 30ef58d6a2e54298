"""How values become the argument list of `vllm serve`."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Argv = Callable[..., list[str]]

DEFAULT = [
    "Qwen/Qwen3-0.6B",
    "--host=0.0.0.0",
    "--port=8000",
    "--gpu-memory-utilization=0.9",
    "--max-model-len=2048",
]
GRAPHS = '--compilation-config={"cudagraph_mode":"%s"}'


def test_the_command_does_not_depend_on_the_entry_point_of_the_image(
    server: Callable[..., Any], argv: Argv
) -> None:
    assert server()["command"] == ["vllm", "serve"]
    assert argv() == DEFAULT


def test_the_default_length_fits_the_default_model() -> None:
    positions = {"Qwen/Qwen3-0.6B": 40960, "microsoft/DialoGPT-medium": 1024}
    assert positions[DEFAULT[0]] >= int(DEFAULT[-1].partition("=")[2])


@pytest.mark.parametrize(
    ("vllm", "words"),
    [
        ({"host": "::"}, ["--host=::"]),
        ({"port": 9000}, ["--port=9000"]),
        ({"gpuMemoryUtilization": 0.55}, ["--gpu-memory-utilization=0.55"]),
        ({"gpuMemoryUtilization": "0.70"}, ["--gpu-memory-utilization=0.70"]),
        ({"gpuMemoryUtilization": 1}, ["--gpu-memory-utilization=1"]),
        ({"maxModelLen": 1048576}, ["--max-model-len=1048576"]),
        ({"maxModelLen": -1}, ["--max-model-len=-1"]),
        ({"maxModelLen": "32k"}, ["--max-model-len=32k"]),
        ({"maxModelLen": "auto"}, ["--max-model-len=auto"]),
        ({"tensorParallelSize": 8}, ["--tensor-parallel-size=8"]),
        ({"revision": "5a2e"}, ["--revision=5a2e"]),
        ({"trustRemoteCode": True}, ["--trust-remote-code"]),
        ({"asyncScheduling": True}, ["--async-scheduling"]),
        ({"asyncScheduling": False}, ["--no-async-scheduling"]),
        *[
            ({"cudaGraphMode": mode}, [GRAPHS % mode])
            for mode in ("NONE", "PIECEWISE", "FULL", "FULL_DECODE_ONLY")
        ],
        ({"servedModelName": "one"}, ["--served-model-name", "one"]),
        ({"servedModelName": ["a b", "c"]}, ["--served-model-name", "a b", "c"]),
        ({"lora": {"enabled": True}}, ["--enable-lora"]),
        (
            {
                "lora": {
                    "enabled": True,
                    "maxLoras": 2,
                    "maxCpuLoras": 4,
                    "maxLoraRank": 64,
                }
            },
            [
                "--enable-lora",
                "--max-loras=2",
                "--max-lora-rank=64",
                "--max-cpu-loras=4",
            ],
        ),
        (
            {"additionalArgs": ["--seed", 7, "--swap", 0.5, 2000000]},
            ["--seed", "7", "--swap", "0.5", "2000000"],
        ),
    ],
    ids=lambda value: json.dumps(value)[1:40] if isinstance(value, dict) else "",
)
def test_a_value_becomes_its_words(
    argv: Argv, vllm: dict[str, Any], words: list[str]
) -> None:
    rendered = argv(**vllm)
    start = rendered.index(words[0])
    assert rendered[start : start + len(words)] == words
    flags = {word.partition("=")[0] for word in words}
    assert [word for word in rendered if word not in words] == [
        word for word in DEFAULT if word.partition("=")[0] not in flags
    ]


@pytest.mark.parametrize(
    "vllm",
    [
        {"servedModelName": ""},
        {"servedModelName": []},
        {"tensorParallelSize": 1},
        {"cudaGraphMode": ""},
        {"cudaGraphMode": "FULL_AND_PIECEWISE"},
        {"asyncScheduling": None},
        {"lora": {"modules": [{"name": "a", "path": "b"}], "maxLoras": 2}},
    ],
    ids=json.dumps,
)
def test_what_the_engine_does_anyway_is_not_written(
    argv: Argv, vllm: dict[str, Any]
) -> None:
    assert argv(**vllm) == DEFAULT


def test_null_leaves_memory_and_length_to_the_engine(argv: Argv) -> None:
    assert argv(gpuMemoryUtilization=None, maxModelLen=None) == DEFAULT[:3]


def test_list_flags_stand_between_the_model_and_the_next_flag_and_the_users_words_come_last(
    argv: Argv,
) -> None:
    lora = {"enabled": True, "modules": [{"name": "sql", "path": "acme/sql"}]}
    rendered = argv(
        servedModelName=["a", "b"],
        lora=lora,
        tensorParallelSize=2,
        revision="v1",
        trustRemoteCode=True,
        asyncScheduling=True,
        cudaGraphMode="NONE",
        additionalArgs=["--port=1"],
    )
    assert rendered == [
        *(
            "Qwen/Qwen3-0.6B",
            "--served-model-name",
            "a",
            "b",
            "--lora-modules",
            "sql=acme/sql",
        ),
        *DEFAULT[1:],
        *(
            "--tensor-parallel-size=2",
            "--revision=v1",
            "--trust-remote-code",
            "--async-scheduling",
        ),
        *(GRAPHS % "NONE", "--enable-lora", "--port=1"),
    ]


@pytest.mark.parametrize(
    "module",
    [
        {"name": "a", "path": "/adapters/x,y"},
        {"name": "a", "path": "/adapters/rank=8"},
        {"name": "a", "path": "b", "baseModelName": "base"},
    ],
    ids=json.dumps,
)
def test_an_adapter_that_the_engine_would_split_wrongly_is_passed_as_json(
    argv: Argv, module: dict[str, str]
) -> None:
    rendered = argv(lora={"enabled": True, "modules": [module]})
    word = rendered[rendered.index("--lora-modules") + 1]
    wanted = {
        "base_model_name" if key == "baseModelName" else key: value
        for key, value in module.items()
    }
    assert json.loads(word) == wanted


AWKWARD = [
    "$HOME",
    "`id`",
    'a "b"',
    "it's",
    "a  b",
    "\\n",
    "{{ x }}",
    '{"a": [1]}',
    "#",
    "é",
    "- x",
    "null",
    "tab\t",
]


def test_no_shell_touches_a_word(argv: Argv) -> None:
    assert argv(additionalArgs=AWKWARD) == [*DEFAULT, *AWKWARD]


def test_dropping_the_cache_changes_no_word_either(
    server: Callable[..., Any], argv: Argv
) -> None:
    container = server(
        values={"init_drop_cache": True, "vllm": {"additionalArgs": AWKWARD}}
    )
    script, *words = container["args"]
    assert container["command"] == ["/bin/sh", "-c"]
    assert words == ["drop-cache", "vllm", "serve", *argv(additionalArgs=AWKWARD)]
    assert script == 'sync; echo 3 > /proc/sys/vm/drop_caches || true; exec "$@"'
    harmless = script.replace("/proc/sys/vm/drop_caches", "/dev/null").replace(
        "sync;", ""
    )
    printed = subprocess.run(
        ["/bin/sh", "-c", harmless, "drop-cache", "printf", "%s\\0", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.split("\0")[:-1] == words
