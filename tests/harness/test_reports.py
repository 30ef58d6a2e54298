"""What a run is told as: text, JSON, JUnit, progress, exit code."""

import io
import json
import xml.etree.ElementTree as ET

import pytest

from helm_llm.harness.reporters import REPORTERS
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.result import CaseResult, Diagnosis, Outcome, RunResult, Step

DIAGNOSIS = Diagnosis(
    "gpu-absent",
    "no node offers a GPU",
    ("0/1 nodes\x1b[0m",),
    "add one",
    "tensor-parallel-exceeds-gpus",
)
STEPS = (
    Step("ready", Outcome.FAILED, 1.5, "not ready after 2 s", DIAGNOSIS),
    Step("key", Outcome.SKIPPED, 0.0, "no key"),
)


def run_of(*outcomes: Outcome, simulated: bool = False) -> RunResult:
    cases = [
        CaseResult(f"c{n}", "r", "ns", (), (Step("ready", o, 0.1, "d"),))
        for n, o in enumerate(outcomes)
    ]
    return RunResult(tuple(cases), simulated)


FAILED = RunResult(
    (CaseResult("gpu", "my-release", "ai", ("v.yaml",), STEPS),), simulated=True
)


def written(format_: str, result: RunResult) -> str:
    out = io.StringIO()
    REPORTERS[format_](result, out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Outcome.PASSED, Outcome.SKIPPED], 0),
        ([Outcome.PASSED, Outcome.FAILED], 1),
        ([Outcome.FAILED, Outcome.ERROR], 3),
        ([], 0),
    ],
)
def test_the_worst_case_decides_the_exit_code(
    outcomes: list[Outcome], code: int
) -> None:
    assert run_of(*outcomes).exit_code == code


def test_text_gives_the_cause_first_and_then_what_to_do() -> None:
    lines = written("text", FAILED).splitlines()
    assert lines[0] == "gpu: ready failed: no node offers a GPU [gpu-absent]"
    assert lines[1] == "  not ready after 2 s"
    assert lines[2].startswith("    | 0/1 nodes")
    assert lines[3] == "  help: add one"
    assert "helm llm rules tensor-parallel-exceeds-gpus" in lines[4]
    assert lines[-2].startswith("Simulated engines")
    assert lines[-1] == "1 case: 1 failed"


def test_text_of_a_good_run_is_one_line() -> None:
    assert (
        written("text", run_of(Outcome.PASSED, Outcome.PASSED)) == "2 cases: 2 passed\n"
    )


def test_json_holds_everything() -> None:
    body = json.loads(written("json", FAILED))
    assert body["version"] == 1
    assert body["simulated"] is True
    assert body["summary"] == {"passed": 0, "failed": 1, "skipped": 0, "error": 0}
    (case,) = body["cases"]
    assert (case["name"], case["namespace"], case["outcome"]) == ("gpu", "ai", "failed")
    assert case["steps"][0]["diagnosis"]["cause"] == "gpu-absent"
    assert case["steps"][1]["diagnosis"] is None


def test_junit_is_xml_whatever_a_log_holds() -> None:
    suite = ET.fromstring(written("junit", FAILED))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        "2",
        "1",
        "1",
    )
    failure = suite[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "no node offers a GPU"
    assert "0/1 nodes\\x1b[0m" in str(failure.text)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_each_wait_on_one_line() -> None:
    out = Terminal()
    progress = Progress(out)
    progress.waiting("gpu")("0 of 1 pods ready")
    progress.waiting("gpu")("1 of 1 pods ready")
    progress.step_ended("gpu")(STEPS[0])
    assert out.getvalue().count("\r\x1b[K") == 3
    assert out.getvalue().endswith("gpu: failed  ready (1.5 s) not ready after 2 s\n")


def test_a_log_sees_a_wait_now_and_then() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for _ in range(5):
        progress.waiting("gpu")("0 of 1 pods ready")
    assert out.getvalue() == "gpu: 0 of 1 pods ready\n"
