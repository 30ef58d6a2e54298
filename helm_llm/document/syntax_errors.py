"""What an error of the YAML parser means, and where to point."""

from __future__ import annotations

from typing import NamedTuple

import yaml

from helm_llm.document.composer import TOO_DEEP
from helm_llm.document.nodes import InvalidYaml


class Meaning(NamedTuple):
    """Our message for an error of the parser.

    `at_opening`: point to where the construct starts instead of where parsing failed.
    """

    message: str
    at_opening: bool = False


_UNCLOSED = "the {} that starts in line {{line}} is not closed before this"
_MISPLACED = (
    "this does not belong to the {} that starts in line {{line}}: "
    "check the indentation and the quotes"
)
_MEANINGS = {
    "found character that cannot start any token": Meaning(
        "a value cannot start with '{char}': put it in quotes"
    ),
    "mapping values are not allowed in this context": Meaning(
        "a `key: value` is not allowed here: check the indentation, or quote the text "
        "if it contains `: `"
    ),
    "block sequence entries are not allowed in this context": Meaning(
        "a list item is not allowed here: put it on a separate line"
    ),
    "found unexpected end of stream": Meaning(
        "the quote that opens here is never closed", at_opening=True
    ),
    "found unexpected document indicator": Meaning(
        "the quote that opens here is not closed before the next document",
        at_opening=True,
    ),
    "could not find expected ':'": Meaning(
        "this line needs a `:`, as in `key: value`", at_opening=True
    ),
    "did not find expected ',' or ']'": Meaning(_UNCLOSED.format("list")),
    "did not find expected ',' or '}'": Meaning(_UNCLOSED.format("mapping")),
    "did not find expected key": Meaning(_MISPLACED.format("mapping")),
    "did not find expected '-' indicator": Meaning(_MISPLACED.format("list")),
    "did not find expected node content": Meaning("a value is missing here"),
    # Newer versions of libyaml have such a limit too, which is larger than ours.
    "exceeded maximum nesting depth": Meaning(TOO_DEEP),
    "found unknown escape character": Meaning(
        "a backslash between double quotes must be written twice; or use single quotes"
    ),
}
"""Messages of libyaml and PyYAML -> what they mean for the reader of a values file."""


def explain_error(error: yaml.MarkedYAMLError, text: str, start: int) -> InvalidYaml:
    """The error of a document that starts at an offset of the text."""
    problem = error.problem or "this is not YAML"
    meaning = _MEANINGS.get(problem, Meaning(problem))
    opening = error.context_mark
    mark = error.problem_mark or opening
    if meaning.at_opening and opening:
        mark = opening
    at = start
    if mark:
        at += mark.index
    char = text[at : at + 1]
    if char == "\t" and "character" in problem:
        message = "YAML does not allow tabs for indentation: use spaces"
        return InvalidYaml(at, at + 1, message)
    if problem not in _MEANINGS:
        return InvalidYaml(at, at, problem)
    line = 1
    if opening:
        line += text.count("\n", 0, start + opening.index)
    return InvalidYaml(at, at, meaning.message.format(char=char, line=line))
