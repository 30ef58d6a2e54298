"""Generated layers: our merged values equal what Helm prints, and both refuse the same."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from helm_llm.document.reader import read_document
from helm_llm.errors import UsageError
from helm_llm.set_option import SetOption
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

KEYS = ["a", "b", "c", "a.b", "nvidia.com/gpu", "y"]


@dataclass(frozen=True)
class Layering:
    """Files of a chart, values files and options."""

    chart: dict[str, str]
    files: list[str] = field(default_factory=list)
    options: list[SetOption] = field(default_factory=list)


scalars = st.sampled_from(
    [
        None,
        None,
        0,
        1,
        -5,
        1.5,
        1e6,
        2**53 + 1,
        True,
        False,
        "",
        "x",
        "1",
        "null",
        "é\n",
    ]
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)


def trees(*more: str) -> st.SearchStrategy[dict[str, Any]]:
    names = st.fixed_dictionaries(
        {}, optional={name: trees() | trees() | values for name in more}
    )
    own = st.dictionaries(st.sampled_from(KEYS), values, max_size=4)
    return st.builds(lambda left, right: {**left, **right}, own, names)


STEPS = [".a", ".b", ".y", ".a\\.b", ".nvidia\\.com/gpu", "[0]", "[1]", "[3]"]
WORDS = [
    "1",
    "-1",
    "007",
    "x",
    "",
    "TRUE",
    "null",
    "0.9",
    " x ",
    '"q"',
    "x\\,y",
    "{a,1}",
    "{}",
    "a=b",
    "\\{a}",
    "é",
]
ODD_PATHS = [
    "",
    "a[",
    "a[x]",
    "a[-1]",
    "a[0]x",
    "a.",
    "a[0].",
    ".a",
    "a[1][0]",
    "a b",
    "a\\",
    "a[70000]",
    "a[+1]",
]
ODD_WORDS = [
    "{a",
    "{a}b",
    "9223372036854775807",
    "9223372036854775808",
    "\\",
    "{a,b},",
    "x,",
    "x,,",
    "x,b",
]
DOCUMENTS = [
    "1",
    "1.5",
    '"s"',
    "null",
    "",
    " ",
    "[1,null]",
    '{"a":{"b":null}}',
    "[",
    "1.",
    "x",
    "NaN",
    "1e999",
    "1 ",
]


def paths(*more: str) -> st.SearchStrategy[str]:
    heads = [key.replace(".", "\\.") for key in KEYS] + ["nvidia.com/gpu", *more, *more]
    usual = st.builds(
        lambda head, rest: head + "".join(rest),
        st.sampled_from(heads),
        st.lists(st.sampled_from(STEPS), max_size=3),
    )
    return st.integers(0, 19).flatmap(
        lambda odd: st.sampled_from(ODD_PATHS) if odd == 0 else usual
    )


words = st.integers(0, 19).flatmap(
    lambda odd: st.sampled_from(WORDS if odd else ODD_WORDS)
)
file_names = st.integers(0, 19).flatmap(
    lambda odd: st.sampled_from(["values.yaml", "{values.yaml}"] if odd else ["no"])
)


def expressions(flag: str, *more: str) -> st.SearchStrategy[SetOption]:
    word = {
        "--set-json": st.sampled_from(DOCUMENTS) | values.map(json.dumps),
        "--set-file": file_names,
    }.get(flag, words)
    pairs = st.lists(
        st.builds("{}={}".format, paths(*more), word), min_size=1, max_size=3
    ).map(",".join)
    if flag == "--set-literal":
        pairs = pairs.map(lambda pair: pair.replace("\\", ""))
    if flag == "--set-json":
        pairs = pairs | pairs | trees(*more).map(json.dumps)
    return st.builds(SetOption, st.just(flag), pairs)


def options(*more: str) -> st.SearchStrategy[list[SetOption]]:
    flags = st.sampled_from(
        ["--set", "--set", "--set-string", "--set-json", "--set-file", "--set-literal"]
    )
    return st.lists(flags.flatmap(lambda flag: expressions(flag, *more)), max_size=3)


def as_yaml(tree: dict[str, Any]) -> str:
    return yaml.safe_dump(tree, allow_unicode=True)


def plain() -> st.SearchStrategy[Layering]:
    files = st.lists(trees().map(as_yaml), max_size=3)
    return st.builds(
        Layering,
        trees().map(lambda tree: {"values.yaml": as_yaml(tree)}),
        files,
        options(),
    )


@st.composite
def umbrellas(draw: st.DrawFn) -> Layering:
    more = ("sub", "global")
    switches = st.sampled_from(["", "sub.enabled", "a", "missing,b.a"])
    dependency: dict[str, Any] = {
        "name": "sub",
        "version": "*",
        "repository": "",
        "condition": draw(switches),
    }
    if draw(st.booleans()):
        dependency["tags"] = ["a", "y"]
    about = {
        "apiVersion": "v2",
        "name": "dump",
        "version": "0.1.0",
        "dependencies": [dependency],
    }
    chart = {
        "Chart.yaml": as_yaml(about),
        "values.yaml": as_yaml(draw(trees(*more, "tags"))),
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/values.yaml": as_yaml(draw(trees("global", "enabled"))),
    }
    files = draw(st.lists(trees(*more, "tags").map(as_yaml), max_size=3))
    return Layering(chart, files, draw(options(*more)))


def generated(
    strategy: st.SearchStrategy[Layering], examples: int, number: int
) -> list[Layering]:
    """Draw the same examples in every run; Helm is called later, several times in parallel."""
    found: list[Layering] = []

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(layering: Layering) -> None:
        found.append(layering)

    collect()
    return found


def written(chart: Path, texts: list[str]) -> Iterator[Path]:
    for number, text in enumerate(texts):
        file = chart / f"layer-{number}.yaml"
        file.write_bytes(text.encode())
        yield file


def ours(
    chart: Path,
    files: list[Path],
    options: list[SetOption],
    version: tuple[int, int, int],
) -> Any:
    documents = [read_document(str(file), helm_major=version[0]) for file in files]
    if any(document.error for document in documents):
        return None
    try:
        loaded = load_chart(str(chart), helm_major=version[0])
        return layer(loaded, documents, options, helm_version=version).tree
    except UsageError:
        return None


@pytest.mark.parametrize(
    ("kind", "examples"),
    [
        ("plain", 170),
        ("umbrella", 80),
        pytest.param("plain", 1000, marks=pytest.mark.extended),
        pytest.param("umbrella", 500, marks=pytest.mark.extended),
    ],
)
def test_layering(
    kind: str,
    examples: int,
    helm: str,
    helm_version: tuple[int, int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_chart: Callable[..., Path],
    helm_values: Callable[..., Any],
    same: Callable[[Any, Any], bool],
) -> None:
    layerings = generated(
        {"plain": plain, "umbrella": umbrellas}[kind](), examples, examples
    )

    charts = [
        write_chart(tmp_path / str(at), layering.chart)
        for at, layering in enumerate(layerings)
    ]
    files = [
        list(written(chart, layering.files))
        for chart, layering in zip(charts, layerings, strict=True)
    ]
    with ThreadPoolExecutor(3) as pool:
        helms = list(
            pool.map(
                helm_values,
                repeat(helm),
                charts,
                files,
                [layering.options for layering in layerings],
            )
        )
    different = []
    for layering, chart, overlays, expected in zip(
        layerings, charts, files, helms, strict=True
    ):
        monkeypatch.chdir(chart)
        found = ours(chart, overlays, layering.options, helm_version)
        if not same(found, expected):
            different.append(f"{layering}\nhelm: {expected}\nours: {found}")
    assert len(layerings) - helms.count(None) > examples / 3
    assert not different, (
        f"{len(different)} of {len(layerings)} differ, the shortest:\n{min(different, key=len)}"
    )
