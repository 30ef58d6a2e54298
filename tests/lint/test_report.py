"""Places and reports of whole runs."""

import io
import json
from pathlib import Path

import pytest

from helm_llm import __version__
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import Format, report_writer
from helm_llm.lint.rule import Severity
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import select_rules
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lint(
    files: dict[str, str], *options: str, rules: str = "tensor-parallel-exceeds-gpus"
) -> Report:
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")
    run = Run(select_rules(RULES, [rules], []))
    run.lint(
        Target(VLLM, tuple(files), tuple(SetOption("--set", text) for text in options))
    )
    return run.report()


def written(report: Report, format: Format) -> str:
    out = io.StringIO()
    report_writer(format)(report, out)
    return out.getvalue()


GPUS = "resources:\n  limits:\n    nvidia.com/gpu: 2\n"
RANKS = "vllm:\n  tensorParallelSize: 4\n"


def test_two_files_give_a_place_and_a_related_place() -> None:
    (finding,) = lint({"base.yaml": GPUS, "prod.yaml": RANKS}).findings
    assert str(finding.place) == "prod.yaml:2:23"
    assert [str(related.place) for related in finding.related] == ["base.yaml:3:21"]


def test_an_overwritten_value_is_no_place() -> None:
    (finding,) = lint({"base.yaml": RANKS + GPUS, "prod.yaml": RANKS}).findings
    assert finding.place.file == "prod.yaml"


def test_an_option_is_a_place() -> None:
    (finding,) = lint({"v.yaml": GPUS}, "vllm.tensorParallelSize=4").findings
    assert (finding.place.origin, str(finding.place)) == (
        "set",
        "--set vllm.tensorParallelSize=4",
    )


def test_a_default_is_never_primary_when_the_user_set_something() -> None:
    (finding,) = lint(
        {"v.yaml": RANKS + "resources: {limits: {nvidia.com/gpu: 1}}\n"}
    ).findings
    assert finding.place.origin == "file"


def test_a_finding_that_two_targets_share_is_reported_once() -> None:
    Path("v.yaml").write_text(RANKS + GPUS)
    run = Run(select_rules(RULES, ["tensor-parallel-exceeds-gpus"], []))
    for _ in range(2):
        run.lint(Target(VLLM, ("v.yaml",)))
    report = run.report()
    assert (len(report.targets), len(report.findings), report.files) == (2, 1, 1)


def test_a_suppressed_finding_counts_and_does_not_fail() -> None:
    report = lint(
        {
            "v.yaml": RANKS.replace(
                "4", "4  # helm-llm: ignore[tensor-parallel-exceeds-gpus] why"
            )
            + GPUS
        }
    )
    assert (report.findings, report.suppressed) == ((), 1)
    assert report.exit_code(Severity.INFO) == 0


def test_exit_codes_follow_the_threshold() -> None:
    report = lint(
        {"v.yaml": "persistence: {enabled: false}\n"},
        rules="model-cache-not-persistent",
    )
    assert [finding.rule.severity for finding in report.findings] == [Severity.WARNING]
    assert [
        report.exit_code(threshold)
        for threshold in (Severity.ERROR, Severity.WARNING, None)
    ] == [0, 1, 0]


def test_json_is_version_1() -> None:
    report = json.loads(written(lint({"base.yaml": GPUS, "prod.yaml": RANKS}), "json"))
    (finding,) = report.pop("findings")
    (target,) = report.pop("targets")
    assert report == {
        "version": 1,
        "tool": {"name": "helm-llm", "version": __version__},
        "helm": None,
        "summary": {
            "errors": 1,
            "warnings": 0,
            "infos": 0,
            "suppressed": 0,
            "baselined": 0,
            "baselineUnmatched": 0,
            "files": 2,
        },
    }
    assert target.pop("version")
    assert target == {
        "chart": "vllm",
        "source": VLLM,
        "values": ["base.yaml", "prod.yaml"],
        "rendered": False,
    }
    assert finding.pop("message")
    assert isinstance(finding.pop("help"), str)
    (related,) = finding.pop("related")
    assert related.pop("message")
    assert related == {
        "file": "base.yaml", "line": 3, "column": 21, "endLine": 3, "endColumn": 22, "origin": "file",
        "path": r"resources.limits.nvidia\.com/gpu",
    }  # fmt: skip
    assert finding == {
        "rule": "tensor-parallel-exceeds-gpus",
        "area": "gpu",
        "severity": "error",
        "confidence": "certain",
        "path": "vllm.tensorParallelSize",
        "fixable": False,
        "location": {
            "file": "prod.yaml", "line": 2, "column": 23, "endLine": 2, "endColumn": 24, "origin": "file",
        },
    }  # fmt: skip


def test_text_survives_long_lines_tabs_and_control_characters() -> None:
    line = "vllm: {extra: '" + "x" * 300 + "\\e', tensorParallelSize:\t4}\n"
    text = written(lint({"v.yaml": line + GPUS}), "text")
    _, excerpt, caret, *_ = text.splitlines()
    assert len(excerpt) < 200
    assert excerpt[caret.index("^")] == "4"


def test_a_null_that_removes_a_default_is_a_place() -> None:
    (finding,) = lint(
        {"v.yaml": "replicaCount: 1\nimage:\n  repository: null\n"}, rules="schema"
    ).findings
    assert str(finding.place) == "v.yaml:3:3"


def test_a_default_is_placed_at_the_nearest_key_a_user_wrote() -> None:
    files = {"v.yaml": "replicaCount: 2\npersistence:\n  size: 10Gi\n"}
    (finding,) = lint(files, rules="read-write-once-claim-shared").findings
    assert str(finding.place) == "v.yaml:1:15"
    (finding,) = lint(
        {"v.yaml": "shm:\n  sizeLimit: 1Gi\n"},
        "vllm.tensorParallelSize=2",
        "shm.enabled=false",
        rules="shm",
    ).findings
    assert finding.place.origin == "set"


def test_a_finding_about_defaults_alone_points_into_the_chart() -> None:
    Path("chart").mkdir()
    Path("chart/Chart.yaml").write_text("apiVersion: v2\nname: vllm\nversion: 1.0.0\n")
    Path("chart/values.yaml").write_text(
        "a: 1\npersistence:\n  enabled: false\nvllm: {model: org/m-1b}\n"
    )
    run = Run(select_rules(RULES, ["model-cache-not-persistent"], []))
    run.lint(Target("chart"))
    (finding,) = run.report().findings
    assert (finding.place.origin, str(finding.place)) == (
        "default",
        "chart/values.yaml:3:12",
    )
