"""A fixed number of the fuzzer's inputs, and tests of the fuzzer itself."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz import judge
from tests.fuzz.case import Case, from_json, to_json
from tests.fuzz.charts import ROOT
from tests.fuzz.kinds import KINDS, case
from tests.fuzz.minimize import minimize
from tests.fuzz.runner import Outcome
from tests.fuzz.sandbox import OUTSIDE, write_files

INPUTS = 500
QUIET = Outcome(0, "", "", "", 0.1, 60, (), {})
CASE = Case(
    "values",
    ("chart",),
    {"v.yaml": b"a: 1\n"},
    secrets=("hf_secret",),
    outputs=("r.json",),
    edited=("v.yaml",),
)
TRACEBACK = 'Traceback (most recent call last):\n  File "/x/helm_llm/lint/run.py", line 7, in lint\nKeyError: 1\n'


def test_lint_survives() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        f"--count={INPUTS}",
        "--seed=1",
        "--workers=1",
    ]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("outcome", "complaint"),
    [
        (
            replace(QUIET, code=1, err=TRACEBACK),
            "traceback: lint/run.py:7 lint KeyError",
        ),
        (replace(QUIET, code=3, err="Error: no helm"), "exit code 3: Error: no helm"),
        (replace(QUIET, code=-11), "exit code -11: no message"),
        (replace(QUIET, seconds=11), "more than 10 s"),
        (replace(QUIET, megabytes=501), "more than 500 MB"),
        (replace(QUIET, children=("/usr/bin/sleep 9",)), "remaining child: sleep"),
        (replace(QUIET, out="x hf_secret"), "a secret in standard output"),
        (replace(QUIET, err="x hf_secret"), "a secret in standard error"),
        (replace(QUIET, err=OUTSIDE), "text from outside in standard error"),
        (
            replace(QUIET, changed={"checkout/r.json": b"hf_secret"}),
            "a secret in a written file",
        ),
        (
            replace(QUIET, changed={"outside/x": b""}),
            "a file outside of the checkout was written: outside/x",
        ),
        (
            replace(QUIET, changed={"checkout/v.yaml.1": b""}),
            "a file in the checkout was written: checkout/v.yaml.1",
        ),
        (replace(QUIET, out="\x1b[31m"), "a raw control character in the output"),
        (
            replace(QUIET, err="\u202e"),
            "a raw bidirectional character in the error output",
        ),
        (replace(QUIET, out="x\n::error title=planted::y\n"), "a workflow command"),
    ],
)
def test_a_fault_is_a_complaint(outcome: Outcome, complaint: str) -> None:
    assert [str(one) for one in judge.complaints(CASE, outcome)] == [complaint]


@pytest.mark.parametrize("format", ["json", "sarif", "junit"])
def test_an_invalid_report_is_a_complaint(format: str) -> None:
    (complaint,) = judge.complaints(
        replace(CASE, arguments=(f"--format={format}",)), replace(QUIET, out="{<")
    )
    assert complaint.sort == f"an invalid {format} report"


def test_a_good_run_has_no_complaint() -> None:
    changed = {"checkout/r.json": b"{}", "checkout/v.yaml": b"apiKey: hf_secret\n"}
    assert not judge.complaints(
        CASE, replace(QUIET, changed=changed, out="a\tb\nc\r\n")
    )
    assert not judge.complaints(replace(CASE, tool_fails=True), replace(QUIET, code=3))


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_and_a_number_name_a_case(kind: str, tmp_path: Path) -> None:
    cases = [case(7, number, kind) for number in range(5)]
    assert cases == [case(7, number, kind) for number in range(5)]
    assert len({to_json(one) for one in cases}) > 1
    (tmp_path / "case.json").write_text(to_json(cases[0]), "utf-8")
    assert from_json(tmp_path / "case.json") == cases[0]


def test_a_case_is_minimized() -> None:
    large = replace(
        CASE,
        arguments=("a", "b"),
        files={"v.yaml": b"a: 1\nb: 2\nc: 3\nd: 4\n", "w.yaml": b""},
    )
    small = minimize(
        large,
        lambda one: b"c: 3" in one.files.get("v.yaml", b"") and "b" in one.arguments,
    )
    assert (small.files, small.arguments) == ({"v.yaml": b"c: 3\n"}, ("b",))


def test_files_and_links_are_written(tmp_path: Path) -> None:
    write_files(tmp_path, Case("x", (), {"a/b": b"1", "d/": b""}, links={"l": "a/b"}))
    assert ((tmp_path / "l").read_bytes(), (tmp_path / "d").is_dir()) == (b"1", True)
