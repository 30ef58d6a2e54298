"""Layers and origins by example; tests/differential compares generated layers with Helm."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from helm_llm.document.reader import parse_document
from helm_llm.errors import UsageError
from helm_llm.keypath import KeyPath
from helm_llm.set_option import SetOption
from helm_llm.values.chart import Chart
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import Values, layer

OLD_3, NEW_3, OLD_4, NEW_4 = (3, 17, 4), (3, 22, 0), (4, 0, 5), (4, 3, 1)


def chart_of(path: Path, values: str, more: Mapping[str, str] | None = None) -> Chart:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\n",
        "values.yaml": values,
        **(more or {}),
    }
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return load_chart(str(path))


def options_of(*words: str) -> list[SetOption]:
    return [SetOption.parse(word) for word in words]


@pytest.mark.parametrize(
    ("defaults", "files", "options", "tree"),
    [
        (
            "a: {b: 1, c: 2}\nl: [1, 2]",
            ["a: {b: 5}\nl: [3]"],
            [],
            {"a": {"b": 5, "c": 2}, "l": [3]},
        ),
        ("a: {b: 1}", ["a: x"], [], {"a": "x"}),
        ("a: x\nl: [1]", ["a: {b: 1}\nl: {c: 1}"], [], {"a": {"b": 1}, "l": {"c": 1}}),
        (
            "a: {b: 1, c: {d: 1}}\ne: 1",
            ["a: {b: null, c: {d: ~}}\ne:"],
            [],
            {"a": {"c": {}}},
        ),
        (
            "a: {b: 1}",
            ["a: {x: null, l: [null]}\nw: null"],
            [],
            {"a": {"b": 1, "x": None, "l": [None]}, "w": None},
        ),
        ("a: {b: 1, c: 2}", ["a: null", "a: {b: 3}"], [], {"a": {"b": 3, "c": 2}}),
        ("a: {b: 1, c: 2}", ["a: {c: 3}", "a: null"], [], {}),
        ("a: 1", [], ["--set a=2", "--set-json a=3"], {"a": 2}),
        ("", [], ["--set-literal a=5", "--set-string a=4", "--set a=3"], {"a": "5"}),
        ("", [], ["--set a=1", "--set a=2"], {"a": 2}),
        ("l: [1, 2, 3]", [], ["--set l[1]=9"], {"l": [None, 9]}),
        ("l: [1, 2, 3]", ["l: [4]"], ["--set l[2]=9"], {"l": [4, None, 9]}),
        (
            "hosts: [{host: a, paths: [x]}]",
            [],
            ["--set hosts[0].host=b"],
            {"hosts": [{"host": "b"}]},
        ),
        ("a: {b: 1}", [], ["--set a=null"], {}),
        ("a: {b: 1}", [], ["--set a.b=null", "--set-string a.c=1"], {"a": {"c": "1"}}),
    ],
)
@pytest.mark.parametrize("version", [OLD_3, NEW_3, NEW_4])
def test_layers(
    defaults: str,
    files: list[str],
    options: list[str],
    tree: Any,
    version: tuple[int, int, int],
    tmp_path: Path,
) -> None:
    documents = [parse_document(text, "v.yaml") for text in files]
    chart = chart_of(tmp_path, defaults)
    before = repr((chart.defaults.tree, [document.tree for document in documents]))
    assert (
        layer(chart, documents, options_of(*options), helm_version=version).tree == tree
    )
    assert (
        repr((chart.defaults.tree, [document.tree for document in documents])) == before
    )


@pytest.mark.parametrize(
    ("defaults", "user", "trees"),
    [
        (
            "a: null\nb: {c: null, d: 1}",
            "",
            [{"a": None, "b": {"c": None, "d": 1}}] * 3 + [{"b": {"d": 1}}],
        ),
        (
            "b: {c: null}",
            "b: {c: null}",
            [{"b": {}}, {"b": {"c": None}}, {"b": {}}, {"b": {"c": None}}],
        ),
        (
            "b: {c: 1}",
            "b: {x: null}",
            [{"b": {"c": 1, "x": None}}] * 2
            + [{"b": {"c": 1}}]
            + [{"b": {"c": 1, "x": None}}],
        ),
    ],
)
def test_nulls_differ_between_releases(
    defaults: str, user: str, trees: list[Any], tmp_path: Path
) -> None:
    chart = chart_of(tmp_path, defaults)
    versions = (OLD_3, NEW_3, OLD_4, NEW_4)
    assert [
        layer(chart, [parse_document(user, "v.yaml")], [], helm_version=version).tree
        for version in versions
    ] == trees


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--set a", "^--set a: a has no value, write a=VALUE$"),
        ("--set-json a=x", "^--set-json a=x: x is not JSON"),
        ("--set l.a=1", "^--set l.a=1: l is already a list"),
        ("--set-json {}", "needs Helm 4"),
    ],
)
def test_refused_options_are_named(option: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        layer(
            chart_of(tmp_path, ""),
            [parse_document("l: [1]", "v.yaml")],
            options_of(option),
        )


def test_get(tmp_path: Path) -> None:
    values = layer(chart_of(tmp_path, "a: {b: [1, null]}"), [], [])
    assert values.get("a", "b", 0) == 1
    assert values.get("a", "b", 1, default=7) == 7
    assert values.get("a", "x") is None
    assert values.get() == {"a": {"b": [1, None]}}


DEFAULTS = """\
engine: {tp: 1, pp: 1, args: [a, b]}
image: {tag: x}
list: [1, 2]
flag: true
"""
BASE = "engine: {tp: 2, args: [c, d, e]}\nimage: null\nown: {x: 1, w: 1}\n"
PROD = "engine: {tp: 4}\nimage: {name: n}\nown: {x: 2}\n"
SETS = (
    "--set engine.dp=2",
    "--set engine.args[4]=z",
    "--set list[1]=9",
    "--set new.a.b=1",
    "--set-json own.z={}",
)


@pytest.fixture
def values(tmp_path: Path) -> Values:
    files = [parse_document(BASE, "base.yaml"), parse_document(PROD, "prod.yaml")]
    return layer(chart_of(tmp_path, DEFAULTS), files, options_of(*SETS))


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (("engine", "tp"), "prod.yaml"),
        (("engine", "pp"), "default"),
        (("engine",), "prod.yaml"),
        (("engine", "dp"), SETS[0]),
        (("engine", "args"), "base.yaml"),
        (("engine", "args", 0), "base.yaml"),
        (("engine", "args", 3), SETS[1]),
        (("engine", "args", 4), SETS[1]),
        (("image", "name"), "prod.yaml"),
        (("image", "tag"), "default"),
        (("own", "x"), "prod.yaml"),
        (("own", "w"), "base.yaml"),
        (("own", "z"), SETS[4]),
        (("list",), SETS[2]),
        (("list", 0), SETS[2]),
        (("new", "a", "b"), SETS[3]),
        (("new", "a"), SETS[3]),
        (("flag",), "default"),
        (("missing",), None),
        (("engine", "args", 5), None),
    ],
)
def test_origin(values: Values, path: KeyPath, origin: str | None) -> None:
    found = values.origin(path)
    if found is None or found.option:
        assert (found and str(found.option)) == origin
    else:
        assert found.document
        assert found.path == path
        assert ("default" if found.is_default else found.document.file) == origin
        assert found.document.value_span(path)
    assert values.is_user_set(path) == (origin not in (None, "default"))


def test_a_value_below_an_option_that_emptied_its_map_is_the_charts(
    tmp_path: Path,
) -> None:
    chart = chart_of(tmp_path, "a: {b: 1}")
    values = layer(
        chart,
        [parse_document("a: {b: 2, c: 3}", "v.yaml")],
        options_of("--set-json a={}"),
    )
    assert values.tree == {"a": {"b": 1}}
    origin = values.origin(("a", "b"))
    assert origin
    assert origin.is_default


def test_deleted(tmp_path: Path) -> None:
    chart = chart_of(tmp_path, "a: {b: 1, c: 1}\nd: {e: 1}\nf: 1\n")
    files = [
        parse_document("a: {b: null}\nd: null\nx: null\n", "base.yaml"),
        parse_document("a: {z: 1}\n", "prod.yaml"),
    ]
    values = layer(chart, files, options_of("--set f=null"))
    found = values.null_origin(("a", "b"))
    assert found
    assert found.document is files[0]
    assert (found := values.null_origin(("d", "e")))
    assert found.path == ("d",)
    assert (found := values.null_origin(("f",)))
    assert str(found.option) == "--set f=null"
    assert [values.null_origin(path) for path in [("a", "c"), ("x",), ("never",)]] == [
        None,
        None,
        None,
    ]


SUB = {
    "Chart.yaml": "name: demo\ndependencies: [{name: sub, version: '*', condition: sub.enabled, tags: [t]}]\n",
    "charts/sub/Chart.yaml": "name: sub\nversion: 1.0.0\n",
    "charts/sub/values.yaml": "x: 1\nkeep: {w: 1}\nglobal: {own: 1, g: 0}\n",
}


@pytest.mark.parametrize(
    ("defaults", "user", "sub"),
    [
        ("", "", {"x": 1, "keep": {"w": 1}, "global": {"own": 1, "g": 0}}),
        (
            "sub: {x: 2}\nglobal: {g: 5}",
            "",
            {"x": 2, "keep": {"w": 1}, "global": {"own": 1, "g": 5}},
        ),
        (
            "sub: {x: 2}",
            "sub: {x: 3, keep: null}",
            {"x": 3, "global": {"own": 1, "g": 0}},
        ),
        (
            "sub: {x: 2}",
            "sub: null",
            {"x": 1, "keep": {"w": 1}, "global": {"own": 1, "g": 0}},
        ),
        ("sub: {x: 2}", "sub: {enabled: false}", {"x": 2, "enabled": False}),
        ("sub: {x: 2}", "tags: {t: false}", {"x": 2}),
        ("sub: {enabled: true}", "tags: {t: false}\nsub: {x: 4}", None),
    ],
)
@pytest.mark.parametrize("version", [NEW_3, NEW_4])
def test_subcharts(
    defaults: str, user: str, sub: Any, version: tuple[int, int, int], tmp_path: Path
) -> None:
    values = layer(
        chart_of(tmp_path, defaults, SUB),
        [parse_document(user, "v.yaml")],
        [],
        helm_version=version,
    )
    expected = {"enabled": True, "x": 4, "keep": {"w": 1}, "global": {"own": 1, "g": 0}}
    assert values.tree["sub"] == (sub if sub is not None else expected)


def test_origins_in_a_subchart(tmp_path: Path) -> None:
    chart = chart_of(tmp_path, "sub: {x: 2}\nglobal: {g: 5}\n", SUB)
    values = layer(
        chart, [parse_document("sub: {keep: {z: 1}}\nglobal: {u: 1}\n", "v.yaml")], []
    )

    def origin(*path: str) -> tuple[str, KeyPath, bool]:
        found = values.origin(path)
        assert found
        assert found.document
        return (
            found.document.file.removeprefix(f"{chart.path}/"),
            found.path,
            found.is_default,
        )

    assert origin("sub", "x") == ("values.yaml", ("sub", "x"), True)
    assert origin("sub", "keep", "z") == ("v.yaml", ("sub", "keep", "z"), False)
    assert origin("sub", "keep", "w") == ("charts/sub/values.yaml", ("keep", "w"), True)
    assert origin("sub", "global", "u") == ("v.yaml", ("global", "u"), False)
    assert origin("sub", "global", "g") == ("values.yaml", ("global", "g"), True)
    assert origin("sub", "global", "own") == (
        "charts/sub/values.yaml",
        ("global", "own"),
        True,
    )


def test_globals_below_the_second_level_leak_from_a_subchart(tmp_path: Path) -> None:
    # Helm copies two levels only; seen with 3.22.0 and 4.3.1.
    sub = {**SUB, "charts/sub/values.yaml": "global: {a: {b: {leaks: 1}, stays: 1}}\n"}
    tree = layer(chart_of(tmp_path, "global: {a: {b: {own: 1}}}\n", sub), [], []).tree
    assert tree["global"] == {"a": {"b": {"own": 1, "leaks": 1}}}
    assert tree["sub"] == {"global": {"a": {"b": {"own": 1, "leaks": 1}, "stays": 1}}}


def test_import_values(tmp_path: Path) -> None:
    about = (
        "name: demo\ndependencies: [{name: sub, version: '*', "
        "import-values: [data, {child: keep, parent: up.here}]}]\n"
    )
    sub = {
        **SUB,
        "Chart.yaml": about,
        "charts/sub/values.yaml": "keep: {w: 1}\nexports: {data: {a: 1, b: 2}}\n",
    }
    tree = layer(
        chart_of(tmp_path, "a: 5\n", sub), [parse_document("b: 6", "v.yaml")], []
    ).tree
    assert {key: tree[key] for key in ("a", "b", "up")} == {
        "a": 5,
        "b": 6,
        "up": {"here": {"w": 1}},
    }


def test_the_values_of_a_dependency_are_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="sub is a dependency: its values must be a mapping, not 5"
    ):
        layer(chart_of(tmp_path, "", SUB), [parse_document("sub: 5", "v.yaml")], [])
