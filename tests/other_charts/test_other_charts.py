"""Charts of other people: what they render to is linted, findings lie in the user's values.

`# expect: rule-id` marks the line of a finding, as in tests/rules.
"""

import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, render_with_values, start_renders
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import FORMATS, report_writer
from helm_llm.lint.rule import Rule
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import select_rules
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption
from helm_llm.tools.helm import Helm

HERE = Path(__file__).parent
CHARTS = sorted(path.parent.name for path in HERE.glob("*/Chart.yaml"))
RENDERING = RenderOptions(arguments=("--kube-version=1.34.0",))


def report(
    helm: str,
    chart: str,
    *files: str,
    options: tuple[SetOption, ...] = (),
    traced: bool = True,
    rules: Sequence[Rule[Any]] = RULES,
) -> Report:
    target, binary = Target(str(HERE / chart), files, options), Helm(helm)
    run = Run(
        rules,
        render_again=partial(render_with_values, binary, RENDERING) if traced else None,
    )
    (render,) = start_renders(binary, [target], RENDERING)
    run.lint(target, render)
    return run.report()


def lint(*arguments: Any, **options: Any) -> tuple[Finding, ...]:
    return report(*arguments, **options).findings


@pytest.mark.parametrize("chart", CHARTS)
class TestAForeignChart:
    def test_its_bad_values_give_what_they_mark(self, chart: str, helm: str) -> None:
        file = HERE / chart / "bad.yaml"
        marks = (
            (number, id)
            for number, line in enumerate(file.read_text().splitlines(), 1)
            for ids in re.findall(r"# expect: (.+)", line)
            for id in ids.split(", ")
        )
        found = lint(helm, chart, str(file))
        assert Counter((f.place.line, f.rule.id) for f in found) == Counter(marks), [
            f"{f.place} {f.message}" for f in found
        ]
        assert {f.place.file for f in found} == {str(file)}

    def test_its_good_values_give_nothing(self, chart: str, helm3: str) -> None:
        assert [
            f.message for f in lint(helm3, chart, str(HERE / chart / "good.yaml"))
        ] == []

    def test_its_defaults_give_nothing(self, chart: str, helm3: str) -> None:
        assert [f.message for f in lint(helm3, chart)] == []


BAD = str(HERE / "model-deployments" / "bad.yaml")


def test_without_a_second_rendering_the_template_is_named(helm3: str) -> None:
    places = {
        str(finding.place)
        for finding in lint(helm3, "model-deployments", BAD, traced=False)
    }
    template = HERE / "model-deployments" / "templates"
    deployments = {
        f"{template / 'deployment.yaml'} (Deployment release-name-{name})"
        for name in ("qwen", "llama")
    }
    assert places == {
        *deployments,
        f"{template / 'claims.yaml'} (PersistentVolumeClaim release-name-llama)",
    }


def test_reports_name_the_object(helm3: str) -> None:
    found, name = (
        report(helm3, "model-deployments", BAD, traced=False),
        "Deployment release-name-qwen",
    )
    texts = {format: io.StringIO() for format in FORMATS}
    for format, out in texts.items():
        report_writer(format)(found, out)
        assert name in out.getvalue(), format
    schema = (
        files("helm_llm.lint.reporters")
        .joinpath("report.schema.json")
        .read_text("utf-8")
    )
    jsonschema_rs.validator_for(json.loads(schema)).validate(
        json.loads(texts["json"].getvalue())
    )


DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - image: vllm/vllm-openai:v0.20.0
          args: [Qwen/Qwen3-8B, --tensor-parallel-size=4, %s]
          resources: {limits: {nvidia.com/gpu: 2}}
"""


def finding_of(helm: str, chart: Path, arguments: str, values: str) -> Finding:
    """The only finding in a chart of one Deployment."""
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: llm\nversion: 0.1.0\n")
    (chart / "templates" / "deployment.yaml").write_text(DEPLOYMENT % arguments)
    (chart / "mine.yaml").write_text(values)
    rules = select_rules(RULES, ["tensor-parallel-exceeds-gpus"], [])
    (finding,) = lint(helm, str(chart), str(chart / "mine.yaml"), rules=rules)
    return finding


def test_a_value_that_only_looks_like_it_is_not_the_place(
    helm3: str, tmp_path: Path
) -> None:
    finding = finding_of(helm3, tmp_path, "--port=8000", "replicas: 4\n")
    assert (finding.place.origin, finding.place.object) == (
        "manifest",
        "Deployment llm",
    )
    assert finding.path == (
        "Deployment llm",
        "spec",
        "template",
        "spec",
        "containers",
        0,
        "args",
        1,
    )


def test_of_several_values_that_make_it_none_is_the_place(
    helm3: str, tmp_path: Path
) -> None:
    ranks = "--tensor-parallel-size={{ max .Values.a .Values.b }}"
    finding = finding_of(helm3, tmp_path, ranks, "replicas: 1\na: 8\nb: 8\n")
    assert finding.place.origin == "manifest"


def test_the_value_that_makes_it_is_the_place(helm3: str, tmp_path: Path) -> None:
    ranks = "--tensor-parallel-size={{ .Values.a }}"
    finding = finding_of(helm3, tmp_path, ranks, "replicas: 8\na: 8\n")
    assert (finding.place.line, finding.path) == (2, ("a",))


def test_an_option_is_a_place_too(helm3: str) -> None:
    file = str(HERE / "shell-script" / "bad.yaml")
    found = lint(
        helm3, "shell-script", file, options=(SetOption("--set", "tensorParallel=3"),)
    )
    (ranks,) = [
        finding
        for finding in found
        if finding.rule.id == "tensor-parallel-exceeds-gpus"
    ]
    assert (str(ranks.place), ranks.path) == (
        "--set tensorParallel=3",
        ("tensorParallel",),
    )


def test_a_default_of_the_chart_is_a_related_place(helm3: str) -> None:
    found = lint(helm3, "shell-script", str(HERE / "shell-script" / "bad.yaml"))
    (ranks,) = [
        finding
        for finding in found
        if finding.rule.id == "tensor-parallel-exceeds-gpus"
    ]
    (related,) = ranks.related
    assert (related.place.origin, related.path) == ("default", ("gpus",))


def test_a_chart_of_the_same_name_as_ours_is_read_from_what_it_renders(
    helm3: str, tmp_path: Path
) -> None:
    shutil.copytree(HERE / "shell-script", tmp_path / "vllm")
    (tmp_path / "vllm" / "Chart.yaml").write_text(
        "apiVersion: v2\nname: vllm\nversion: 0.1.0\n"
    )
    bad = str(tmp_path / "vllm" / "bad.yaml")
    assert [f.rule.id for f in lint(helm3, str(tmp_path / "vllm"), bad)] == [
        f.rule.id
        for f in lint(helm3, "shell-script", str(HERE / "shell-script" / "bad.yaml"))
    ]


def test_a_comment_is_not_unused_where_nothing_is_rendered(tmp_path: Path) -> None:
    text = "tensorParallel: 2  # helm-llm: ignore[tensor-parallel-exceeds-gpus] why\n"
    (tmp_path / "v.yaml").write_text(text)
    run = Run(RULES)
    run.lint(Target(str(HERE / "shell-script"), (str(tmp_path / "v.yaml"),)))
    assert run.report().findings == ()


def test_a_comment_beside_the_value_suppresses(helm3: str, tmp_path: Path) -> None:
    text = "tensorParallel: 2  # helm-llm: ignore[tensor-parallel-exceeds-gpus] why\n"
    (tmp_path / "v.yaml").write_text(text)
    found = report(helm3, "shell-script", str(tmp_path / "v.yaml"))
    assert (found.findings, found.suppressed) == ((), 1)
