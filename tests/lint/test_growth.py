"""Twice the input is twice the work, whatever there is much of. Calls are counted: a slow machine changes nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from helm_llm.document.document import LONGEST_EXCERPT
from helm_llm.document.reader import parse_document
from helm_llm.lint.fixes.changes import plan_changes
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import FORMATS, Format, report_writer
from helm_llm.lint.rule import MAX_FINDINGS
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption

CHART = str(Path(__file__).parents[2] / "charts" / "vllm")
BASE = 200
MARGIN = 1.3
"""Sorting and the longer names of later keys cost a little more than the double."""


def lines(head: str, line: str, count: int) -> str:
    return head + "".join(line.replace("#", str(number + 2)) for number in range(count))


def one_line(count: int) -> str:
    return (
        "podAnnotations: {"
        + ", ".join(f"a{number}: {number + 2}" for number in range(count))
        + "}\n"
    )


KINDS: dict[str, Callable[[int], str]] = {
    "keys": lambda count: lines("podAnnotations:\n", '  k#: "v"\n', count),
    "unknown keys": lambda count: lines("", "unknown#: 1\n", count),
    "unknown keys that look like known ones": lambda count: lines(
        "vllm:\n", "  maxModelLe#: 1\n", count
    ),
    "unquoted annotations": lambda count: lines(
        "podAnnotations:\n", "  a#: #\n", count
    ),
    "annotations in one line": one_line,
    "octal numbers": lambda count: lines("podAnnotations:\n", "  a#: 01#\n", count),
    "bad names": lambda count: lines("podAnnotations:\n", '  "-a #": "v"\n', count),
    "unknown arguments": lambda count: lines(
        "vllm:\n  additionalArgs:\n", "    - --a#\n", count
    ),
    "arguments that repeat": lambda count: lines(
        "vllm:\n  additionalArgs:\n", "    - --max-num-seqs=#\n", count
    ),
    "words": lambda count: lines("vllm:\n  additionalArgs:\n", "    - w#\n", count),
    "variables": lambda count: lines(
        "vllm:\n  env:\n", "    - {name: VLLM_A#, value: x}\n", count
    ),
    "equal variables": lambda count: lines(
        "vllm:\n  env:\n", "    - {name: A, value: x}\n", count
    ),
    "wrong list items": lambda count: lines(
        "vllm:\n  env:\n", "    - {name: A#, valu: x}\n", count
    ),
    "placeholders": lambda count: lines(
        "podAnnotations:\n", "  a#: <YOUR_NAME>\n", count
    ),
    "repeated keys": lambda count: lines("", "replicaCount: #\n", count),
    "comments behind keys": lambda count: lines(
        "podAnnotations:\n", "  a#: # # helm-llm: ignore[schema] x\n", count
    ),
    "comments above keys": lambda count: lines(
        "podAnnotations:\n", "  # helm-llm: ignore[schema]\n  a#: 1#\n", count
    ),
    "comments above everything": lambda count: (
        lines("", "# helm-llm: ignore-file[schema]\n", count) + "a: 1\n"
    ),
    "comments for nothing": lambda count: (
        lines("", "# helm-llm: ignore[nothing#]\n", count) + "replicaCount: 1\n"
    ),
    "aliases": lambda count: (
        "a: &a {b: 1}\npodAnnotations:\n" + lines("", "  a#: *a\n", count)
    ),
    "merges": lambda count: "a: &a {b: 1}\npodAnnotations:\n" + "  <<: *a\n" * count,
}


def linted(text: str, directory: Path, options: tuple[SetOption, ...] = ()) -> Report:
    file = directory / "values.yaml"
    file.write_text(text, "utf-8")
    run = Run(RULES)
    run.lint(Target(CHART, (str(file),), options))
    return run.report()


def calls(work: Callable[[], Any], of: Any = None) -> int:
    """How many functions were called, Python's own among them; or how often this one."""
    count = 0
    code = getattr(of, "__wrapped__", of).__code__ if of else None
    parse_document.cache_clear()

    def seen(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call") and (
            code is None or (event == "call" and frame.f_code is code)
        )

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def grows_with_the_input(work: Callable[[int], Any]) -> bool:
    """Whether the second doubling adds no more than twice what the first one added."""
    work(BASE)  # imports and caches
    once = calls(lambda: work(BASE))
    twice = calls(lambda: work(BASE * 2))
    four_times = calls(lambda: work(BASE * 4))
    return four_times - twice <= 2 * MARGIN * (twice - once)


@pytest.mark.parametrize("kind", KINDS)
def test_linting_grows_with_the_input(kind: str, tmp_path: Path) -> None:
    assert grows_with_the_input(lambda count: linted(KINDS[kind](count), tmp_path))


@pytest.mark.parametrize("format", FORMATS)
def test_every_report_grows_with_the_findings(format: Format, tmp_path: Path) -> None:
    write = report_writer(format)
    reports = {
        count: linted(one_line(count), tmp_path) for count in (BASE, 2 * BASE, 4 * BASE)
    }
    assert grows_with_the_input(lambda count: write(reports[count], io.StringIO()))


def test_fixing_grows_with_the_findings(tmp_path: Path) -> None:
    def fixed(count: int) -> None:
        report = linted(KINDS["unquoted annotations"](count), tmp_path)
        assert plan_changes(report.findings, helm_major=3).changes[0].diff

    assert grows_with_the_input(fixed)


def test_a_file_is_read_as_often_for_many_fixes_as_for_one(tmp_path: Path) -> None:
    def readings(count: int) -> int:
        report = linted(KINDS["unquoted annotations"](count), tmp_path)
        return calls(
            lambda: plan_changes(report.findings, helm_major=3), of=parse_document
        )

    assert readings(300) == readings(1)


def test_options_grow_with_their_number(tmp_path: Path) -> None:
    def set_all(count: int) -> None:
        linted(
            "a: 1\n",
            tmp_path,
            (
                SetOption(
                    "--set", ",".join(f"podAnnotations.a{n}={n}" for n in range(count))
                ),
            ),
        )

    assert grows_with_the_input(set_all)


def test_what_is_not_listed_is_said_and_no_baseline_holds_it(tmp_path: Path) -> None:
    report = linted(KINDS["unknown keys"](MAX_FINDINGS + 100), tmp_path)
    (rest,) = [finding for finding in report.findings if finding.is_rest]
    assert rest.message == "more than 5,000 findings: fix these to see the others"
    assert not rest.fits_baseline
    assert report.exit_code(rest.rule.severity) == 1


def test_what_is_not_listed_is_said_beside_other_errors(tmp_path: Path) -> None:
    text = (
        KINDS["unquoted annotations"](MAX_FINDINGS + 100)
        + "image: {tag: 0.10}\nreplicaCount: 1\nreplicaCount: 2\n"
    )
    assert [
        finding.rule.id
        for finding in linted(text, tmp_path).findings
        if finding.is_rest
    ] == ["schema"]


def test_a_comment_for_a_rule_that_found_too_much_is_not_called_unused(
    tmp_path: Path,
) -> None:
    report = linted(KINDS["comments behind keys"](MAX_FINDINGS + 100), tmp_path)
    assert "suppression-unused" not in {finding.rule.id for finding in report.findings}


def test_a_finding_in_a_long_line_carries_a_part_of_it(tmp_path: Path) -> None:
    report = linted(one_line(4000), tmp_path)
    finding = report.findings[2000]
    assert len(finding.place.source) < LONGEST_EXCERPT
    at = finding.place.marked[0]
    assert finding.place.source[at:].startswith(str(int(str(finding.path[-1])[1:]) + 2))


def test_too_many_values_are_refused_with_their_number() -> None:
    document = parse_document("[" + "1," * 1_000_001 + "1]", "v.yaml")
    assert document.error is not None
    assert document.error.message == "this file has more than 1,000,000 keys and values"
