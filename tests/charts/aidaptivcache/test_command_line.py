"""How values become the argument list of Phison's server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Argv = Callable[..., list[str]]

MODEL = "/data/model/Meta-Llama-3.1-8B-Instruct/"
SWITCHES = {
    "disableGpuReuse": "--disable-gpu-reuse",
    "enableChunkedPrefill": "--enable-chunked-prefill",
    "disableLongToken": "--disable-long-token",
    "resumeKvCache": "--resume-kv-cache",
    "cleanObsoleteKvCache": "--clean-obsolete-kv-cache",
    "enablePrefixCaching": "--enable-prefix-caching",
    "enforceEager": "--enforce-eager",
    "disableKVCache": "--disable_kv_cache_offload",
}
SPELLINGS = {
    "dramKvOffloadGb": "dramKVOffloadGb",
    "ssdKvOffloadGb": "ssdKVOffloadGb",
    "noResumeKvCache": "noResumeKVCache",
    "resumeKvCache": "resumeKVCache",
    "cleanObsoleteKvCache": "cleanObsoleteKVCache",
    "disableKVCache": "disableKvCache",
}


def words(
    length: str = "8192", share: str = "0.9", ranks: str = "1", ssd: str = "500"
) -> list[str]:
    """The flags that have a value."""
    return [
        *(
            "--model",
            MODEL,
            "--nvme_path",
            "/mnt/nvme0",
            "--port",
            "8000",
            "--gpu-memory-utilization",
            share,
        ),
        *("--max-model-len", length, "--tensor-parallel-size", ranks),
        *("--dram-kv-offload-gb", "0", "--ssd-kv-offload-gb", ssd),
    ]


def test_the_defaults(argv: Argv) -> None:
    assert argv() == [*words(), "--no-resume-kv-cache", "--enable-chunked-prefill"]


def test_all_switches(argv: Argv) -> None:
    assert argv(values={"vllm": {"args": dict.fromkeys(SWITCHES, True)}}) == [
        *words(),
        *SWITCHES.values(),
    ]


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (
            "readme-basic",
            [*words(), "--no-resume-kv-cache", "--enable-chunked-prefill"],
        ),
        (
            "readme-multi-gpu-lora",
            [
                *words(share="0.85", ranks="4"),
                *("--no-resume-kv-cache", "--enable-chunked-prefill", "--enable-lora"),
                *(
                    "--lora-modules",
                    "lora=/data/lora-adapters/llama3.1-8B-lora/",
                    "--max-lora-rank",
                    "32",
                ),
            ],
        ),
    ],
)
def test_the_examples_of_the_upstream_readme(
    argv: Argv, chart: Path, scenario: str, expected: list[str]
) -> None:
    assert (
        argv(values=yaml.safe_load((chart / f"ci/{scenario}-values.yaml").read_text()))
        == expected
    )


@pytest.mark.parametrize("other", SPELLINGS.values())
@pytest.mark.parametrize("value", [0, False, 1, True])
def test_both_spellings_of_a_key_mean_the_same(
    argv: Argv, other: str, value: Any
) -> None:
    if ("Offload" in other) == isinstance(value, bool):
        return
    key = next(key for key, spelling in SPELLINGS.items() if spelling == other)
    assert argv(values={"vllm": {"args": {other: value}}}) == argv(
        values={"vllm": {"args": {key: value}}}
    )


def test_the_spelling_that_is_no_default_wins(argv: Argv) -> None:
    both = {"ssdKvOffloadGb": 300, "ssdKVOffloadGb": 0}
    assert argv(values={"vllm": {"args": both}}) == argv(
        values={"vllm": {"args": {"ssdKvOffloadGb": 0}}}
    )
    assert argv("--set", "vllm.args.ssdKVOffloadGb=null") == argv()


@pytest.mark.parametrize(
    ("args", "flag", "value"),
    [
        ({"maxModelLen": 1048576}, "--max-model-len", "1048576"),
        ({"gpuMemoryUtilization": "0.70"}, "--gpu-memory-utilization", "0.70"),
        ({"gpuMemoryUtilization": 1}, "--gpu-memory-utilization", "1"),
        ({"dramKvOffloadGb": 12.5}, "--dram-kv-offload-gb", "12.5"),
        ({"ssdKvOffloadGb": "1000"}, "--ssd-kv-offload-gb", "1000"),
        ({"nvmePath": "/mnt/a b"}, "--nvme_path", "/mnt/a b"),
        (
            {"model": "/data/$HOME; rm 'x' \"y\""},
            "--model",
            "/data/$HOME; rm 'x' \"y\"",
        ),
    ],
)
def test_values_reach_the_server_as_they_are(
    argv: Argv, args: dict[str, Any], flag: str, value: str
) -> None:
    rendered = argv(values={"vllm": {"args": args}})
    assert rendered[rendered.index(flag) + 1] == value


def test_numbers_of_a_file_and_of_the_command_line_are_the_same(
    argv: Argv, tmp_path: Path
) -> None:
    (tmp_path / "values.yaml").write_text("vllm: {args: {maxModelLen: 1048576}}")
    assert argv("--values", str(tmp_path / "values.yaml")) == argv(
        "--set", "vllm.args.maxModelLen=1048576"
    )


def test_resuming_beats_the_default_of_not_resuming(argv: Argv) -> None:
    rendered = argv(values={"vllm": {"args": {"resumeKvCache": True}}})
    assert "--resume-kv-cache" in rendered
    assert "--no-resume-kv-cache" not in rendered


def test_null_leaves_a_value_to_the_server(argv: Argv) -> None:
    rendered = argv(
        "--set", "vllm.args.maxModelLen=null,vllm.args.enableChunkedPrefill=null"
    )
    assert not {"--max-model-len", "--enable-chunked-prefill"} & set(rendered)


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ("", []),
        ("  ", []),
        ("a=/x", ["a=/x"]),
        (" a=/x  b=/y\n", ["a=/x", "b=/y"]),
        ('{"name": "a", "path": "/x y"}', ['{"name": "a", "path": "/x y"}']),
        (["a=/x y", "b=/y"], ["a=/x y", "b=/y"]),
        ([], []),
    ],
)
def test_adapters(argv: Argv, modules: Any, expected: list[str]) -> None:
    rendered = argv(
        values={"vllm": {"lora": {"enable": True, "modules": modules, "maxRank": 64}}}
    )
    listed = ["--lora-modules", *expected] if expected else []
    assert rendered[rendered.index("--enable-lora") :] == [
        "--enable-lora",
        *listed,
        "--max-lora-rank",
        "64",
    ]


def test_adapters_need_the_switch(argv: Argv) -> None:
    assert argv(values={"vllm": {"lora": {"modules": "a=/x", "maxRank": 8}}}) == argv()


def test_own_arguments_come_last_after_the_served_name(argv: Argv) -> None:
    vllm = {
        "servedModelName": "llama",
        "extraArgs": ["--max-num-seqs", 1048576, '--x={"a": "b c"}'],
    }
    assert argv(values={"vllm": vllm}) == [
        *argv(),
        *(
            "--served-model-name",
            "llama",
            "--max-num-seqs",
            "1048576",
            '--x={"a": "b c"}',
        ),
    ]
