"""Wording that a native reader stumbles over is found in no text of ours.

Each pattern stands for a kind that was once all over the texts; what to write instead is
next to it. The allow list has the places where the words are right, with the reason.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORDINGS = {
    r"\b(?:is|are|was|were) to be\b": "must be, should be, will be",
    r"\bha(?:s|ve) to be\b": "must be",
    r"\bfor ever\b": "forever, without a limit",
    r"\banew\b": "again",
    r"\bin clear\b": "in plain text",
    r"\b[Nn]obody\b": "no one, or the passive voice",
    r"\b[Aa]nybody\b": "anyone",
    r"\bfewest\b": "minimum, smallest number of",
    r"\bcures?\b|\bcured\b": "fix",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\b[Bb]eside\b": "next to, in addition to, besides",
    r"\bthere (?:once|twice)\b": "say what is repeated",
    r"\b(?:lies?|lay|lying) (?:in|on|at|below|above|behind|there|where|beside)\b": "is",
    r"\bst(?:ands?|ood|anding) (?:in|at|below|above|behind|there|where|for)\b": "is, means",
    r"(?<![Tt]here )\b(?:is|are) no (?!longer|more|less|such|one)[a-z]+": "is not a",
    r"\bforeign\b": "other, of another chart",
    r"\bglued\b": "joined",
    r"\btells? (?:its|their|us|what|which|how|whether)\b": "shows, returns, defines",
    r"\bat the (?:least|most)\b": "at least, at most",
    r"\bthe like\b": "and similar",
    r"\bwhatever\b": "any, regardless of",
}
ALLOWED = {
    r"probe[-_]path[-_]foreign|vgpu[-_]scheduler[-_]foreign": "ids of rules",
    r"engine[-_]argument[-_]glued": "the id of a rule",
    r"primary foreign partition": "words in the names of keys, such as foreignKey",
}
"""What may stay, as patterns of the words, and why."""

TEXTS = (
    "*.md",
    "*.yaml",
    "*.yml",
    "Makefile",
    "benchmarks/*",
    "bin/*",
    "charts/**",
    "ci/**",
    "docs/**",
    "helm_llm/**",
    "tests/README.md",
)
GENERATED = re.compile(r"\.(?:json|jsonl|svg|lock|tgz)$")
WITH_DESCRIPTIONS = re.compile(r"(?:values|config|report)\.schema\.json$")


def _files() -> list[Path]:
    command = ["git", "ls-files", "--", *TEXTS]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        ROOT / name
        for name in listed.stdout.splitlines()
        if WITH_DESCRIPTIONS.search(name) or not GENERATED.search(name)
    ]


def _without_allowed(text: str) -> str:
    for allowed in ALLOWED:
        text = re.sub(allowed, "", text)
    return text


def _stumbles(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, words and what to write instead."""
    for number, line in enumerate(_without_allowed(text).splitlines(), 1):
        for wording, better in WORDINGS.items():
            yield from (
                (number, match[0], better) for match in re.finditer(wording, line)
            )


@pytest.mark.parametrize("file", _files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_one_stumbles(file: Path) -> None:
    assert list(_stumbles(file.read_text("utf-8"))) == []


def test_a_stumble_is_found() -> None:
    assert [
        words for _, words, _ in _stumbles("The cache is to be\nkept for ever.")
    ] == [
        "is to be",
        "for ever",
    ]
