"""What Helm renders is read as Helm and Kubernetes read it, whatever stands in it."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from helm_llm.facts import Facts
from helm_llm.lint.render import RenderOptions, start_renders
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.targets.target import Target
from helm_llm.manifests.manifests import Manifests
from helm_llm.tools.helm import Helm

CHARTS = Path(__file__).parents[2] / "charts"
HEAD = "---\n# Source: c/templates/x.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def data(written: str) -> Any:
    """What a rendered `data:` is read as."""
    manifests = Manifests(f"{HEAD}data: {written}\n")
    assert manifests.error is None
    (found,) = manifests.objects
    return found["data"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{a: =}", {"a": "="}),
        ("{a: <<}", {"a": "<<"}),
        ("{<<: {a: b}}", {"a": "b"}),
        ("{a: 2024-02-30}", {"a": "2024-02-30"}),
        ("{a: 2024-02-30T10:00:00Z}", {"a": "2024-02-30T10:00:00Z"}),
        ("{a: !!timestamp x}", {"a": "x"}),
        ("{a: !secret b}", {"a": "b"}),
        ("!python/object:os.system {a: b}", {"a": "b"}),
        ("{a: !!binary aGk=}", {"a": "hi"}),
        ("!!set {a, b}", {"a": None, "b": None}),
        ("!!omap [a: b]", [{"a": "b"}]),
        (f"{{a: {'9' * 5000}}}", {"a": "9" * 5000}),
        (f"{{a: -{'9' * 5000}}}", {"a": "-" + "9" * 5000}),
        ("{a: 1e+999}", {"a": "1e+999"}),
        (
            "{a: 1:30, b: 0o17, c: 017, d: 1_000}",
            {"a": "1:30", "b": 15, "c": 15, "d": 1000},
        ),
        (
            "{1: a, true: b, 1.5: c, ~x: d}",
            {"1": "a", "true": "b", "1.5": "c", "~x": "d"},
        ),
        ("{y: n}", {"true": False}),
        ("{a: &x b, c: *x}", {"a": "b", "c": "b"}),
        ('{a: "\\0"}', {"a": "\0"}),
        ("{a: b, a: c}", {"a": "c"}),
    ],
)
def test_values_are_read_as_helm_reads_them(written: str, read: Any) -> None:
    assert data(written) == read


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("data: {a: .inf}\n", "Helm refuses .inf"),
        ("data: {a: *x}\n", "there is no anchor &x"),
        ("data: &a {b: *a}\n", "contains itself"),
        ("data: {null: a}\n", "a key must not be null"),
        ("data: {[a]: b}\n", "cannot be a key"),
        ("data: {a: !!int x}\n", "does not fit its tag"),
        ("data: {a: !!binary '&'}\n", "not base64"),
        ("data:\n\ta: b\n", "YAML does not allow tabs"),
        (f"data: {{a: {'[' * 300}{']' * 300}}}\n", "nested more than 200 levels"),
        ("data: [a\n", "the list that starts in line 6 is not closed"),
        ("data: {a: \x07}\n", "U+0007"),
    ],
)
def test_what_is_no_yaml_is_an_error_that_names_the_template(
    rest: str, words: str
) -> None:
    manifests = Manifests(
        HEAD + rest + "---\n# Source: c/templates/y.yaml\nkind: Pod\n"
    )
    assert manifests.objects == ()
    assert manifests.error
    assert manifests.error.startswith("c/templates/x.yaml: line ")
    assert " of the rendered text is not valid YAML: " in manifests.error
    assert words in manifests.error


BOMB = "".join(
    f"  {b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_bomb_ends_soon() -> None:
    started = time.monotonic()
    assert Manifests(f"{HEAD}data:\n  a: &a [x, x]\n{BOMB}").error
    assert time.monotonic() - started < 5


def sources(text: str) -> list[tuple[str, str]]:
    return [(one.template, str(one.object["kind"])) for one in Manifests(text).sourced]


def test_each_object_has_the_template_that_it_comes_from() -> None:
    text = (
        "---\n# Source: c/crds/x.yaml\nkind: A\n---\nkind: B\n"
        "--- # a comment\nkind: C\n---\n# Source: c/templates/y.yaml\n# Source: no\nkind: D\n...\n"
        "---\r\n# Source: c/templates/z.yaml\r\nkind: E\r\n"
    )
    assert sources(text) == [
        ("c/crds/x.yaml", "A"),
        ("c/crds/x.yaml", "B"),
        ("c/crds/x.yaml", "C"),
        ("c/templates/y.yaml", "D"),
        ("c/templates/z.yaml", "E"),
    ]


@pytest.mark.parametrize(
    "scalar",
    [
        "|\n    ---\n    # Source: fake\n    kind: Pod",
        ">\n    ---\n    # Source: fake",
        '"x\n---y\n\n# Source: fake"',
        '"x\n-----BEGIN CERTIFICATE-----\n# Source: fake"',
        "x\n    ---\n    y",
    ],
)
def test_a_line_of_dashes_inside_a_text_separates_nothing(scalar: str) -> None:
    assert sources(f"{HEAD}data:\n  a: {scalar}\n") == [
        ("c/templates/x.yaml", "ConfigMap")
    ]


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        (
            "kind: PodList\nitems: [{kind: Pod}, {kind: List, items: [{kind: Job}]}]\n",
            ["Pod", "Job"],
        ),
        (
            "kind: List\nitems: [null, 1, x, [], {}, {kind: [Pod]}, {kind: null}, {kind: Pod, metadata: x}]\n",
            ["Pod"],
        ),
        ("kind: List\nitems: null\n", ["List"]),
        ("kind: {a: b}\n", []),
        ("- kind: Pod\n", []),
        ("text\n", []),
        ("# nothing\n", []),
        ("kind: Pod\n...\nleft: [over\n", ["Pod"]),
    ],
)
def test_lists_are_taken_apart(document: str, kinds: list[str]) -> None:
    assert [found["kind"] for found in Manifests(f"---\n{document}").objects] == kinds


ODD = [
    "=",
    "<<",
    "2024-02-30",
    "!foo",
    "y",
    "~",
    "1e+999",
    "0o17",
    ".inf",
    "---\n# Source: x",
    "*a",
    "&a",
    "9" * 5000,
]
ANNOTATED = {
    "vllm": "podAnnotations",
    "nim-llm": "podAnnotations",
    "aidaptivcache": "podAnnotations",
    "kserve-vllm": "inferenceService: {annotations",
}


@pytest.mark.parametrize("chart", ANNOTATED)
def test_annotations_of_our_charts_hold_any_text(
    chart: str, helm: str, tmp_path: Path
) -> None:
    texts = ", ".join(
        f"a{number}: {text!r}".replace("\\\\n", "\\n")
        for number, text in enumerate(ODD)
    )
    values = tmp_path / "v.yaml"
    values.write_text(
        f"{ANNOTATED[chart]}: {{{texts}}}" + "}" * ANNOTATED[chart].count("{") + "\n"
    )
    target = Target(str(CHARTS / chart), (str(values),))
    (render,) = start_renders(Helm(helm), [target], RenderOptions())
    run = Run(RULES, facts=Facts())
    run.lint(target, render)
    assert not [
        found for found in run.report().findings if found.rule.id == "template-failed"
    ]


CHART = "apiVersion: v2\nname: c\nversion: 0.1.0\n"


@pytest.mark.parametrize(
    "written",
    ["{a: =}", "{a: 2024-02-30}", "!x {a: b}", "{a: !!binary aGk=}", "{1: 2}"],
)
def test_helm_renders_what_is_read_here(
    written: str, helm: str, tmp_path: Path
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text(CHART)
    (tmp_path / "templates" / "x.yaml").write_text(HEAD + f"data: {written}\n")
    printed = subprocess.run(
        [helm, "template", "r", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (found,) = Manifests(printed).sourced
    assert (found.template, found.object["data"]) == (
        "c/templates/x.yaml",
        data(written),
    )
