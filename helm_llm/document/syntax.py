"""YAML text -> composed documents, split as each Helm splits them, errors in words that say what to change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import yaml

from helm_llm.document.composer import Composer
from helm_llm.document.nodes import InvalidYaml


def compose_documents(text: str, helm_major: int) -> list[Composer]:
    """The documents that this Helm reads, with their offsets; Broken when one of them is no YAML."""
    # Helm 4 reads line by line and ends each with a newline, the last one too.
    text += "" if helm_major < 4 or text.endswith("\n") else "\n"
    return [_composed(text, start, end) for start, end in _parts(text, helm_major)]


def stream_documents(text: str) -> Iterator[Composer]:
    """What Helm and Kubernetes read of a stream: of each part between lines of `---` the first document.

    A part begins with its `---`, at the offset of its composer. Broken when one of them is no YAML.
    """
    # No scalar goes on behind such a line, however it is quoted, so this cuts where a parser would.
    cuts = [cut.start() for cut in _DASHES.finditer(text)]
    for start, end in pairwise(dict.fromkeys([0, *cuts, len(text)])):
        yield _composed(text, start, end)


def first_lines(text: str) -> Iterator[tuple[int, int]]:
    """From where to where the first line of each document goes that is not empty."""
    start = 0
    for cut in [*_DOCUMENT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        content = _CONTENT.match(text, start, end)
        if content and content["line"]:
            yield _written(content, "line")
        start = cut.end() if cut else end


def _parts(text: str, helm_major: int) -> Iterator[tuple[int, int]]:
    # Helm 3 leaves it to the parser, of which it takes the first document. Helm 4 cuts the text at `---` itself.
    start = 0
    for cut in _HELM_4_CUT.finditer(text) if helm_major >= 4 else ():
        if cut["rest"]:
            raise InvalidYaml(
                *_written(cut, "rest"),
                "Helm 4 takes only a comment after `---`: put this on the next line",
            )
        yield start, cut.start()
        start = cut.end()
    yield start, len(text)


_DASHES = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_DOCUMENT = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(
    r"(?:[ \t\r]*(?:[#%][^\n]*)?\n)*[ \t\r]*(?:[#%][^\n]*)?(?P<line>[^\n]*)"
)
_HELM_4_CUT = re.compile(r"^---[ \t\r]*(?:#[^\n]*|(?P<rest>[^\n]*))$", re.MULTILINE)


def _written(match: re.Match[str], group: str) -> tuple[int, int]:
    """Where a group is, without the blanks at its end. A pattern for those would try each of them as the first."""
    start = match.start(group)
    return start, start + len(match[group].rstrip(" \t\r"))


def _composed(text: str, start: int, end: int) -> Composer:
    composer = Composer(start)
    try:
        composer.compose(text[start:end])
    except yaml.reader.ReaderError as error:
        # libyaml counts its position in bytes, so look for the character.
        at = max(text.find(chr(error.character), start, end), start)
        raise InvalidYaml(
            at, at + 1, f"YAML does not allow the character U+{error.character:04X}"
        ) from None
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text, start) from None
    return composer


def _explained(error: yaml.MarkedYAMLError, text: str, start: int) -> InvalidYaml:
    problem, here, opened = (
        error.problem or "this is no YAML",
        error.problem_mark,
        error.context_mark,
    )
    at_opening, message = _MEANING.get(problem, (False, ""))
    mark = (opened if at_opening else here) or here or opened
    at = start + (mark.index if mark else 0)
    char = text[at : at + 1]
    if char == "\t" and "character" in problem:
        return InvalidYaml(
            at, at + 1, "a tab stands here, YAML wants blanks: indent with spaces"
        )
    line = text.count("\n", 0, start + opened.index) + 1 if opened else 1
    return InvalidYaml(
        at, at, message.format(char=char, line=line) if message else problem
    )


_OPEN = "the {} that starts in line {{line}} is not closed before this"
_MISFIT = "this does not belong to the {} that starts in line {{line}}: check the indentation and the quotes"
_MEANING = {
    "found character that cannot start any token": (
        False,
        "a value cannot start with '{char}': put it in quotes",
    ),
    "mapping values are not allowed in this context": (
        False,
        "no `key: value` can stand here: check the indentation, or quote the text if it contains `: `",
    ),
    "block sequence entries are not allowed in this context": (
        False,
        "no list item can stand here: put it on a line of its own",
    ),
    "found unexpected end of stream": (
        True,
        "the quote that opens here is never closed",
    ),
    "found unexpected document indicator": (
        True,
        "the quote that opens here is not closed before the next document",
    ),
    "could not find expected ':'": (True, "this line needs a `:`, as in `key: value`"),
    "did not find expected ',' or ']'": (False, _OPEN.format("list")),
    "did not find expected ',' or '}'": (False, _OPEN.format("mapping")),
    "did not find expected key": (False, _MISFIT.format("mapping")),
    "did not find expected '-' indicator": (False, _MISFIT.format("list")),
    "did not find expected node content": (False, "a value is missing here"),
    "found unknown escape character": (
        False,
        "between double quotes a backslash must be written twice, or use single quotes",
    ),
}
"""What the parser says -> whether to point at the opening instead, and our sentence."""
