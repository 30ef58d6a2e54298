"""Charts from directories and archives."""

import contextlib
import io
import random
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from helm_llm.errors import ChartError
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.schema.validation import violations
from helm_llm.values import chart_files
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

ABOUT = "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: v0.9\n"


def folder(path: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return str(path)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def archive(path: Path, files: Mapping[str, str | bytes]) -> str:
    path.write_bytes(packed(files))
    return str(path)


def test_a_directory(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": ABOUT,
        "values.yaml": "a: {b: 1}\n",
        "values.schema.json": '{"type": "object"}',
        "charts/README.md": "not a chart",
        "charts/.git/config": "",
    }
    reference = folder(tmp_path, files)
    found = load_chart(reference + "/")
    assert (found.name, found.version, found.app_version, found.path) == (
        "demo",
        "1.2.3",
        "v0.9",
        reference,
    )
    assert found.defaults.tree == {"a": {"b": 1}}
    assert found.defaults.file == f"{reference}/values.yaml"
    assert found.schema == {"type": "object"}
    assert found.dependencies == ()


def test_the_chart_is_named_as_the_user_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "charts" / "demo", {"Chart.yaml": ABOUT})
    monkeypatch.chdir(tmp_path)
    assert load_chart("./charts/demo").defaults.file == "./charts/demo/values.yaml"
    monkeypatch.chdir(tmp_path / "charts" / "demo")
    assert load_chart(".").defaults.file == "./values.yaml"


def test_a_chart_needs_no_values_and_no_schema(tmp_path: Path) -> None:
    found = load_chart(folder(tmp_path, {"Chart.yaml": ABOUT}))
    assert (found.defaults.tree, found.schema, found.schema_text) == ({}, None, None)


def test_an_archive(tmp_path: Path) -> None:
    sub = {"sub/Chart.yaml": "name: sub\nversion: 2\n", "sub/values.yaml": "x: 1\n"}
    files: dict[str, str | bytes] = {
        "demo/Chart.yaml": ABOUT,
        "demo/values.yaml": "a: 1\n",
        "demo/values.schema.json": "{}",
        "demo/templates/x.yaml": "kind: X\n",
        "demo/charts/one/Chart.yaml": "name: one\n",
        "demo/charts/sub-2.tgz": packed(sub),
    }
    reference = archive(tmp_path / "demo-1.2.3.tgz", files)
    found = load_chart(reference)
    assert (found.name, found.defaults.tree, found.schema) == ("demo", {"a": 1}, {})
    assert found.defaults.file == f"{reference}/values.yaml"
    assert [
        (d.name, d.chart and d.chart.defaults.tree) for d in found.dependencies
    ] == [("one", {}), ("sub", {"x": 1})]


def test_dependencies(tmp_path: Path) -> None:
    declared = """\
dependencies:
- {name: engine, version: "*", alias: prefill, condition: prefill.enabled, tags: [gpu]}
- {name: engine, version: "*"}
- {name: absent, version: "*", import-values: [data]}
"""
    files = {
        "Chart.yaml": ABOUT + declared,
        "charts/engine/Chart.yaml": "name: engine\n",
        "charts/zzz/Chart.yaml": "name: zzz\n",
    }
    found = load_chart(folder(tmp_path, files)).dependencies
    assert [
        (
            d.name,
            d.condition,
            d.tags,
            d.chart and d.chart.name,
            d.declared,
            d.import_values,
        )
        for d in found
    ] == [
        ("zzz", "", (), "zzz", False, ()),
        ("prefill", "prefill.enabled", ("gpu",), "engine", True, ()),
        ("engine", "", (), "engine", True, ()),
        ("absent", "", (), None, True, ("data",)),
    ]


def test_dependencies_of_old_charts_are_in_requirements(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": "apiVersion: v1\nname: old\n",
        "requirements.yaml": "dependencies: [{name: sub, alias: other}]\n",
        "charts/sub/Chart.yaml": "name: sub\n",
    }
    (found,) = load_chart(folder(tmp_path, files)).dependencies
    assert (found.name, found.chart and found.chart.name) == ("other", "sub")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"values.yaml": "a: 1\n"}, "is not a chart: it has no Chart.yaml"),
        ({"Chart.yaml": "version: 1\n"}, "Chart.yaml: the chart has no name"),
        (
            {"Chart.yaml": "name: a\n  b: c\n"},
            r"Chart.yaml:2:4: a `key: value` is not allowed here",
        ),
        (
            {"Chart.yaml": ABOUT, "values.yaml": "a:\n\tb: 1\n"},
            r"values.yaml:2:1: YAML does not allow tabs",
        ),
        (
            {"Chart.yaml": ABOUT, "values.yaml": "- a\n"},
            r"values.yaml:1:1: .* contains a list",
        ),
        ({"Chart.yaml": ABOUT, "charts/s/values.yaml": ""}, r"charts/s is not a chart"),
        (
            {"Chart.yaml": ABOUT, "charts/s.tgz": "x"},
            r"charts/s.tgz: not a chart archive",
        ),
    ],
)
def test_broken_charts(files: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=words):
        load_chart(folder(tmp_path, files))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n  "type": object}', r"values.schema.json:2:11: not JSON: Expecting value"),
        ("[]", "a schema of values must be a JSON object"),
        ("[" * 100_000, "nested more than 200 levels deep"),
        ('{"not":' * 300 + "{}" + "}" * 300, "nested more than 200 levels deep"),
        (
            '{"minimum": ' + "9" * 5000 + "}",
            "values.schema.json: a number in it has too many digits",
        ),
        ("", "values.schema.json:1:1: not JSON"),
    ],
)
def test_a_broken_schema_is_reported_when_it_is_used(
    text: str, words: str, tmp_path: Path
) -> None:
    found = load_chart(
        folder(tmp_path, {"Chart.yaml": ABOUT, "values.schema.json": text})
    )
    with pytest.raises(ChartError, match=words):
        _ = found.schema


SUB = {"charts/sub/Chart.yaml": ABOUT.replace("demo", "sub")}
NOT_TEXT = ["[]", "[a]", "{}", "{a: b}", "[[a]]", "[null]"]
NOT_A_LIST = ["5", "1.5", "true", "a", "''", "{}", "{a: b}", '"a\\nb"']


@pytest.mark.parametrize("file", ["Chart.yaml", "requirements.yaml"])
@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key in ("name", "alias", "condition") for value in NOT_TEXT]
    + [(key, value) for key in ("tags", "import-values") for value in NOT_A_LIST]
    + [("tags", "[[a]]"), ("tags", "[{}]")],
)
def test_dependencies_that_helm_cannot_read(
    file: str, key: str, value: str, tmp_path: Path
) -> None:
    name = "" if key == "name" else "name: sub\n  "
    entry = f"dependencies:\n- {name}{key}: {value}\n"
    files = {"Chart.yaml": ABOUT, **SUB}
    path = folder(tmp_path, files | {file: files.get(file, "") + entry})
    with pytest.raises(
        ChartError, match=rf"{file}:\d+:\d+: dependencies\[0\].{key}.* is not "
    ):
        load_chart(path)


@pytest.mark.parametrize("value", [*NOT_A_LIST, "[5]", "[a]", "[[a]]", "[null]"])
def test_dependencies_that_are_none(value: str, tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"Chart.yaml:\d+:\d+: dependencies"):
        load_chart(folder(tmp_path, {"Chart.yaml": f"{ABOUT}dependencies: {value}\n"}))


@pytest.mark.parametrize("key", ["name", "version", "appVersion"])
@pytest.mark.parametrize("value", NOT_TEXT)
def test_metadata_that_is_not_text(key: str, value: str, tmp_path: Path) -> None:
    kept = "".join(
        line
        for line in ABOUT.splitlines(keepends=True)
        if not line.startswith(f"{key}:")
    )
    with pytest.raises(ChartError, match=rf"Chart.yaml:4:\d+: {key} is not text"):
        load_chart(folder(tmp_path, {"Chart.yaml": f"{kept}{key}: {value}\n"}))


ACCEPTED = [
    *(("alias", value) for value in ("5", "true", "null", "''")),
    *(
        ("condition", value)
        for value in ("5", "1.5", "true", "null", "a.b.c", '"a\\nb"')
    ),
    *(("tags", value) for value in ("null", "[]", "[a]", "[5]", "[null]", "[true]")),
    *(
        ("import-values", value)
        for value in (
            "null",
            "[]",
            "[a]",
            "[5]",
            "[[a]]",
            "[null]",
            "[{}]",
            "[{child: b}]",
        )
    ),
    ("import-values", "[{child: b, parent: 5}]"),
]


@pytest.mark.parametrize(("key", "value"), ACCEPTED)
def test_odd_dependencies_that_helm_installs(
    key: str, value: str, tmp_path: Path, helm: str
) -> None:
    chart_yaml = (
        f"{ABOUT}dependencies:\n- name: sub\n  version: 1.2.3\n  {key}: {value}\n"
    )
    path = folder(
        tmp_path,
        {
            "Chart.yaml": chart_yaml,
            "charts/sub/values.yaml": "exports: {a: {b: 1}}\nb: {c: 1}\n",
            **SUB,
        },
    )
    subprocess.run([helm, "template", "demo", path], check=True, capture_output=True)
    values = layer(load_chart(path), [], [])
    assert violations(scopes(values)[0]) == ()


@pytest.mark.parametrize(("levels", "fits"), [(30, True), (60, False), (400, False)])
def test_archives_in_archives(levels: int, fits: bool, tmp_path: Path) -> None:
    inner = packed({"demo/Chart.yaml": ABOUT})
    for _ in range(levels):
        inner = packed({"demo/Chart.yaml": ABOUT, "demo/charts/demo.tgz": inner})
    (tmp_path / "demo.tgz").write_bytes(inner)
    with (
        contextlib.nullcontext()
        if fits
        else pytest.raises(ChartError, match="nested more than 40 levels deep")
    ):
        load_chart(str(tmp_path / "demo.tgz"))


def test_many_small_archives_that_unpack_to_gigabytes(tmp_path: Path) -> None:
    bomb = packed(
        {
            "demo/Chart.yaml": ABOUT,
            **{f"demo/{number}": bytes(5 * 1024**2) for number in range(19)},
        }
    )
    many = {f"demo/charts/{number}.tgz": bomb for number in range(20)}
    with pytest.raises(ChartError, match="larger than 500 MiB when unpacked"):
        load_chart(archive(tmp_path / "demo.tgz", {"demo/Chart.yaml": ABOUT, **many}))


def test_charts_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"cannot read the chart .*no: No such file"):
        load_chart(str(tmp_path / "no"))
    (tmp_path / "text.tgz").write_text("no archive")
    with pytest.raises(ChartError, match=r"text\.tgz: not a chart archive"):
        load_chart(str(tmp_path / "text.tgz"))
    whole = packed(
        {"demo/Chart.yaml": ABOUT, "demo/data": random.Random(0).randbytes(10_000)}
    )
    (tmp_path / "cut.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ChartError, match=r"cut\.tgz: not a chart archive"):
        load_chart(str(tmp_path / "cut.tgz"))


@pytest.mark.parametrize(
    "name",
    [
        "demo/../../etc/passwd",
        "/etc/passwd",
        "Chart.yaml",
        "c:/demo/x",
        "demo\\..\\..\\x",
    ],
)
def test_archives_with_files_outside_the_chart(name: str, tmp_path: Path) -> None:
    reference = archive(tmp_path / "demo.tgz", {"demo/Chart.yaml": ABOUT, name: "x"})
    with pytest.raises(ChartError, match="outside the chart"):
        load_chart(reference)


def test_archives_that_unpack_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = archive(
        tmp_path / "demo.tgz",
        {"demo/Chart.yaml": ABOUT, "demo/big": b"\0" * (chart_files.MAX_FILE + 1)},
    )
    with pytest.raises(ChartError, match="demo/big is larger than 5 MiB"):
        load_chart(reference)
    monkeypatch.setattr(chart_files, "MAX_ARCHIVE", 10)
    with pytest.raises(ChartError, match="larger than 100 MiB when unpacked"):
        load_chart(archive(tmp_path / "demo.tgz", {"demo/Chart.yaml": ABOUT}))


def test_links_in_archives_are_ignored(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "demo.tgz", "w:gz") as stream:
        about = tarfile.TarInfo("demo/Chart.yaml")
        about.size = len(ABOUT)
        stream.addfile(about, io.BytesIO(ABOUT.encode()))
        link = tarfile.TarInfo("demo/values.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        stream.addfile(link)
    assert load_chart(str(tmp_path / "demo.tgz")).defaults.tree == {}
