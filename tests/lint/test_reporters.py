"""The reports for machines, of whole runs."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from helm_llm.lint.finding import Finding
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import FORMATS, Format
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import select_rules
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption

from .test_report import GPUS, RANKS, VLLM, lint, written

DATA = Path(__file__).parents[1] / "data"
SARIF = json.loads((DATA / "sarif-2.1.0.schema.json").read_text("utf-8"))
"""As OASIS publishes it: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"""
JSON = json.loads(
    files("helm_llm.lint.reporters").joinpath("report.schema.json").read_text("utf-8")
)


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def report() -> Report:
    """A finding in two files, one from an option, one on a file's text, one in the chart's defaults."""
    Path("base.yaml").write_text(GPUS + "persistence: {enabled: false}\n", "utf-8")
    Path("prod.yaml").write_text(
        RANKS + "image: {tag: 0.10}\nmodel\u0308: 1\n", "utf-8"
    )
    Path("clean.yaml").write_text("{}\n", "utf-8")
    Path("broken.yaml").write_text("a: [\x01", "utf-8")
    run = Run(select_rules(RULES, [], []))
    run.lint(
        Target(
            VLLM, ("base.yaml", "prod.yaml"), (SetOption("--set", "replicaCount=many"),)
        )
    )
    run.lint(Target(VLLM, ("broken.yaml",)))
    run.lint(Target(VLLM))
    run.lint(Target(VLLM, ("clean.yaml",)))
    return run.report()


def many(report: Report, count: int) -> Report:
    first = next(
        finding for finding in report.findings if finding.place.file == "prod.yaml"
    )
    copies = tuple(
        replace(first, message=f"{number}% of\n<it>, a | b: c")
        for number in range(count)
    )
    return replace(report, findings=copies)


@pytest.mark.parametrize("findings", [True, False], ids=["findings", "clean"])
def test_sarif_is_what_the_standard_says(report: Report, findings: bool) -> None:
    log = json.loads(
        written(report if findings else replace(report, findings=()), "sarif")
    )
    jsonschema_rs.validator_for(SARIF).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == (len(report.findings) if findings else 0)
    assert all(
        run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        for one in run["results"]
    )


def sarif(report: Report, rule: str) -> dict[str, Any]:
    results = json.loads(written(report, "sarif"))["runs"][0]["results"]
    found: dict[str, Any] = next(one for one in results if one["ruleId"] == rule)
    return found


def test_sarif_links_related_places(report: Report) -> None:
    result = sarif(report, "tensor-parallel-exceeds-gpus")
    (location,), (related,) = result["locations"], result["relatedLocations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "prod.yaml"},
        "region": {"startLine": 2, "startColumn": 23, "endColumn": 24},
    }
    assert (related["id"], related["physicalLocation"]["artifactLocation"]["uri"]) == (
        1,
        "base.yaml",
    )
    assert f"[{related['message']['text']}](1)" in result["message"]["text"]


def test_what_an_option_supplied_lies_in_the_charts_values_and_is_named(
    report: Report,
) -> None:
    result = sarif(report, "schema")
    (location,) = result["locations"]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == Path(VLLM, "values.yaml").as_uri()
    line = location["physicalLocation"]["region"]["startLine"]
    assert (
        Path(VLLM, "values.yaml")
        .read_text("utf-8")
        .splitlines()[line - 1]
        .startswith("replicaCount:")
    )
    assert "--set replicaCount=many" in result["message"]["text"]


def test_an_option_with_a_related_file_lies_there() -> None:
    report = lint({"v.yaml": GPUS}, "vllm.tensorParallelSize=4")
    (location,) = sarif(report, "tensor-parallel-exceeds-gpus")["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "v.yaml"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("./dir/../a:b.yaml", "a%3Ab.yaml"),
        ("/elsewhere/v.yaml", "file:///elsewhere/v.yaml"),
        ("oci://example.org/vllm/values.yaml", "oci://example.org/vllm/values.yaml"),
    ],
)
def test_a_file_becomes_a_uri(report: Report, file: str, uri: str) -> None:
    first = replace(
        report.findings[0], place=replace(report.findings[0].place, file=file)
    )
    (result,) = json.loads(written(replace(report, findings=(first,)), "sarif"))[
        "runs"
    ][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_fingerprints_survive_shifted_lines_and_differ_between_findings() -> None:
    before = written(
        lint({"base.yaml": GPUS, "prod.yaml": RANKS + "a: 1\nb: 1\n"}, rules="*"),
        "sarif",
    )
    after = written(
        lint(
            {"base.yaml": GPUS, "prod.yaml": "\n# more\n" + RANKS + "a: 1\nb: 1\n"},
            rules="*",
        ),
        "sarif",
    )
    prints = [
        [
            one["partialFingerprints"]["primaryLocationLineHash"]
            for one in json.loads(log)["runs"][0]["results"]
        ]
        for log in (before, after)
    ]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(prints[0]) > 2


def test_json_is_what_its_schema_says(report: Report) -> None:
    jsonschema_rs.validator_for(JSON).validate(json.loads(written(report, "json")))


def test_the_schema_of_json_knows_every_key(report: Report) -> None:
    log = json.loads(written(report, "json"))
    definitions = JSON["definitions"]
    assert set(log) == set(JSON["properties"])
    assert set(log["summary"]) == set(JSON["properties"]["summary"]["required"])
    assert all(
        set(target) == set(definitions["target"]["properties"])
        for target in log["targets"]
    )
    assert all(
        set(finding) == set(definitions["finding"]["properties"])
        for finding in log["findings"]
    )


def test_the_schema_of_json_refuses_a_finding_without_a_place(report: Report) -> None:
    log = json.loads(written(report, "json"))
    log["findings"][0]["location"]["line"] = None
    assert not jsonschema_rs.validator_for(JSON).is_valid(log)


def annotations(text: str, level: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"::{level} ")]


def test_annotations_come_errors_first(report: Report) -> None:
    lines = written(report, "github").splitlines()
    levels = [line.split()[0] for line in lines if line.startswith("::")]
    assert levels == sorted(levels, key=["::error", "::warning", "::notice"].index)
    assert len(set(levels)) > 1


def test_an_annotation_holds_all_that_is_known(report: Report) -> None:
    text = next(
        line
        for line in written(report, "github").splitlines()
        if "title=tensor-parallel" in line
    )
    assert text.startswith(
        "::error file=prod.yaml,line=2,endLine=2,col=23,endColumn=24,title=tensor-parallel-"
    )
    assert "%0Abase.yaml:3:21: the GPU limit is set here%0Ahelp: " in text


def test_annotations_are_escaped(report: Report) -> None:
    (first, *_) = annotations(written(many(report, 1), "github"), "error")
    assert "::0%25 of%0A<it>, a | b: c" in first
    odd = replace(
        report.findings[0], place=replace(report.findings[0].place, file="a,b:c%.yaml")
    )
    assert "file=a%2Cb%3Ac%25.yaml," in written(
        replace(report, findings=(odd,)), "github"
    )


def test_annotations_name_files_from_the_repository(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd().parent))
    assert f"file={Path.cwd().name}/prod.yaml," in written(report, "github")


def test_what_exceeds_ten_annotations_is_in_the_log_and_the_summary(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("before\n", "utf-8")
    log = written(many(report, 12), "github")
    assert len(annotations(log, "error")) == 10
    assert sum("% of <it>" in line for line in log.splitlines()) == 2
    summary = Path("summary.md").read_text("utf-8")
    assert summary.startswith("before\n")
    assert [line.split("|")[2].split()[1] for line in summary.splitlines()[5:]] == [
        "10%",
        "11%",
    ]
    assert "&lt;it>, a \\| b" in summary


def test_a_summary_that_github_would_refuse_is_cut(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.setattr("helm_llm.lint.reporters.github.SUMMARY_BYTES", 2000)
    written(many(report, 60), "github")
    summary = Path("summary.md").read_text("utf-8")
    assert len(summary.encode()) <= 2000
    assert summary.rstrip().endswith("more are in the log")


def test_junit_has_a_case_for_each_values_file(report: Report) -> None:
    root = ET.fromstring(written(report, "junit"))
    (suite,) = root
    names = {
        case.get("name"): [failure.get("type") for failure in case] for case in suite
    }
    assert names["base.yaml"] == ["model-cache-not-persistent"]
    assert "tensor-parallel-exceeds-gpus" in names["prod.yaml"]
    assert names["broken.yaml"] == ["yaml-syntax"]
    assert names["command line"] == ["schema"]
    assert suite.get("tests") == str(len(names))
    assert suite.get("failures") == str(sum(map(bool, names.values())))
    assert sum(map(len, names.values())) == len(report.findings)


def test_junit_survives_control_characters(report: Report) -> None:
    bad: Finding = replace(report.findings[0], message="a \x1b[31mred\x00 word \ud800")
    ET.fromstring(written(replace(report, findings=(bad,)), "junit"))


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_or_on_demand(
    report: Report,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in written(report, "text")) is coloured


@pytest.mark.parametrize("format", FORMATS)
def test_a_clean_report_is_written_too(report: Report, format: Format) -> None:
    assert written(replace(report, findings=()), format)
