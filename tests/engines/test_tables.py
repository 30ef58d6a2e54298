"""The tables as data: complete, compact, and the files derived from them true."""

import json
import re
from pathlib import Path

import pytest
import yaml

import helm_llm.engines as package
from helm_llm.engines.history import Fate, flag_fate, variable_fate
from helm_llm.engines.release import Release, release, release_text
from helm_llm.engines.table import load, read_data_file, releases, table

ENGINES = Path(package.__file__).parent
CHART = Path(__file__).parents[2] / "charts" / "vllm" / "Chart.yaml"
KINDS = {"value", "list", "optional", "bool", "true", "append"}


def test_the_release_of_the_chart_has_a_table() -> None:
    number = release(yaml.safe_load(CHART.read_text("utf-8"))["appVersion"])
    assert number == releases()[-1]


@pytest.mark.parametrize("number", releases(), ids=release_text)
class TestEveryTable:
    def test_has_an_option_per_line(self, number: Release) -> None:
        content = (ENGINES / f"vllm-{release_text(number)}.json").read_text("utf-8")
        data = json.loads(content)
        assert data["version"] == release_text(number)
        assert content.count("\n") == len(data["options"]) + 2
        assert {option["kind"] for option in data["options"]} <= KINDS

    def test_knows_what_every_chart_needs(self, number: Release) -> None:
        flags = load(number).options
        assert flags["-tp"].name == "--tensor-parallel-size"
        assert flags["--max-model-len"].type in ("human-int", "human-int-or-auto")
        assert flags["--no-enable-prefix-caching"].negative
        parsers = flags["--tool-call-parser"]
        assert "hermes" in (*parsers.choices, *parsers.engine_choices)

    def test_has_the_flags_whose_ranges_say_so(self, number: Release) -> None:
        flags = set(load(number).options)
        assert flags == {
            flag for flag in read_data_file("flags") if flag_fate(flag, number) is None
        }


def test_a_release_without_a_table_uses_the_one_below_it_in_its_series() -> None:
    last = releases()[-1]
    assert table((last[0], last[1], 99)) is load(last)
    assert table((99, 0, 0)) is None


def test_a_returning_flag_is_gone_in_between_only() -> None:
    flag = "--disable-log-requests"
    assert flag_fate(flag, (0, 10, 2)) is None
    assert flag_fate(flag, (0, 33, 0)) is None
    between = flag_fate(flag, (0, 20, 0))
    assert between is not None
    assert between.gone


@pytest.mark.parametrize(
    ("flag", "number", "fate"),
    [
        ("--rope-scaling", (0, 11, 0), None),
        (
            "--rope-scaling",
            (0, 11, 2),
            Fate("--rope-scaling", gone="0.11.1", replacement="--hf-overrides"),
        ),
        ("--nnodes", (0, 11, 0), Fate("--nnodes", comes="0.11.1")),
        (
            "--worker-use-ray",
            None,
            Fate(
                "--worker-use-ray", "0.9.0", None, "--distributed-executor-backend ray"
            ),
        ),
        ("--rope-scaling", None, None),
        ("--rope-scal", None, None),
        ("--no-such-flag", None, Fate("--no-such-flag")),
    ],
)
def test_what_became_of_a_flag(
    flag: str, number: Release | None, fate: Fate | None
) -> None:
    assert flag_fate(flag, number) == fate


def test_what_became_of_a_variable() -> None:
    assert variable_fate("VLLM_USE_V1", (0, 11, 0)) is None
    assert variable_fate("VLLM_USE_V1", None) is None
    assert variable_fate("VLLM_USE_V1", (0, 12, 0)) == Fate(
        "VLLM_USE_V1", gone="0.11.1"
    )
    assert variable_fate("VLLM_API_KEY", releases()[-1]) is None


def test_the_hand_kept_history_is_about_things_that_were() -> None:
    known = set(read_data_file("flags")) | set(read_data_file("variables"))
    assert {
        name
        for name, told in read_data_file("history").items()
        if name not in known and "removedIn" not in told
    } == set()
    replacements = [
        told["replacement"]
        for told in read_data_file("history").values()
        if "replacement" in told
    ]
    named = {
        flag for told in replacements for flag in re.findall(r"--[a-z0-9-]+", told)
    }
    assert named <= set(load(releases()[-1]).options)


@pytest.mark.parametrize(
    ("tag", "number"),
    [
        ("v0.11.0", (0, 11, 0)),
        ("0.11.2", (0, 11, 2)),
        ("v0.10.1.1", (0, 10, 1)),
        ("v0.33.0-x86_64", (0, 33, 0)),
        ("v0.12.0rc1", None),
        ("latest", None),
        ("nightly-0.12.0", None),
        ("25.09-py3", None),
        ("", None),
    ],
)
def test_the_release_a_tag_names(tag: str, number: Release | None) -> None:
    assert release(tag) == number
