"""YAML text -> composed documents, split as each Helm splits them, with readable errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import yaml

from helm_llm.document.composer import Composer
from helm_llm.document.nodes import InvalidYaml
from helm_llm.document.syntax_errors import explain_error

# Documents as a YAML parser splits them.
_SEPARATOR = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
# Documents as Kubernetes splits a stream, and as Helm 4 splits values.
_STREAM_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_HELM_4_SEPARATOR = re.compile(
    r"^---[ \t\r]*(?:#[^\n]*|(?P<rest>[^\n]*))$", re.MULTILINE
)
_FIRST_LINE = re.compile(
    r"(?:[ \t\r]*(?:[#%][^\n]*)?\n)*[ \t\r]*(?:[#%][^\n]*)?(?P<line>[^\n]*)"
)


def compose_documents(text: str, helm_major: int) -> list[Composer]:
    """The documents of a values file that this Helm reads; InvalidYaml for a broken one."""
    if helm_major < 4:
        return [_compose_part(text, 0, len(text))]
    # Helm 4 reads line by line and ends every line with a newline, even the last.
    if not text.endswith("\n"):
        text += "\n"
    parts = _helm_4_parts(text)
    return [_compose_part(text, start, end) for start, end in parts]


def _helm_4_parts(text: str) -> Iterator[tuple[int, int]]:
    # Helm 3 passes the whole text to its parser, which reads the first document.
    # Helm 4 splits the text at `---` before it parses.
    start = 0
    for separator in _HELM_4_SEPARATOR.finditer(text):
        if separator["rest"]:
            rest_start, rest_end = _stripped_span(separator, "rest")
            raise InvalidYaml(
                rest_start,
                rest_end,
                "Helm 4 only takes a comment after `---`: move this to the next line",
            )
        yield start, separator.start()
        start = separator.end()
    yield start, len(text)


def stream_documents(text: str) -> Iterator[Composer]:
    """The documents of a stream of manifests, as Helm and Kubernetes read it.

    These are the first document of each part between two lines of `---`. A part begins
    with its `---`, at the offset of its composer. InvalidYaml for a broken document.
    """
    # No scalar, however it is quoted, continues after such a line. So this splits the
    # text where a parser would.
    cuts = [separator.start() for separator in _STREAM_SEPARATOR.finditer(text)]
    # Helm's output starts with a separator, so 0 may be a cut already.
    offsets = dict.fromkeys([0, *cuts, len(text)])
    for start, end in pairwise(offsets):
        yield _compose_part(text, start, end)


def first_lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end offset of the first line of each document that is not empty."""
    starts, ends = [0], []
    for separator in _SEPARATOR.finditer(text):
        ends.append(separator.start())
        starts.append(separator.end())
    ends.append(len(text))
    for start, end in zip(starts, ends, strict=True):
        content = _FIRST_LINE.match(text, start, end)
        if content and content["line"]:
            yield _stripped_span(content, "line")


def _stripped_span(match: re.Match[str], group: str) -> tuple[int, int]:
    """Start and end of a group, without the blanks at its end."""
    # A pattern without those blanks would backtrack at each of them.
    start = match.start(group)
    return start, start + len(match[group].rstrip(" \t\r"))


def _compose_part(text: str, start: int, end: int) -> Composer:
    composer = Composer(start)
    try:
        composer.compose(text[start:end])
    except yaml.reader.ReaderError as error:
        # libyaml counts its position in bytes, so look for the character.
        character = chr(error.character)
        at = max(text.find(character, start, end), start)
        message = f"YAML does not allow the character U+{error.character:04X}"
        raise InvalidYaml(at, at + 1, message) from None
    except yaml.MarkedYAMLError as error:
        raise explain_error(error, text, start) from None
    return composer
