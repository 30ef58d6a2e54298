"""YAML text -> composed documents, split as each Helm splits them, errors in words that say what to change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from helm_llm.composer import Composer
from helm_llm.nodes import Broken


def compose(text: str, helm_major: int) -> list[Composer]:
    """The documents that this Helm reads, with their offsets; Broken when one of them is no YAML."""
    return [_composed(part, offset) for offset, part in _parts(text, helm_major)]


def contents(text: str) -> Iterator[tuple[int, int]]:
    """From where to where the first line of each document goes that is not empty."""
    start = 0
    for cut in [*_DOCUMENT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        if content := _CONTENT.search(text, start, end):
            yield content.span("line")
        start = cut.end() if cut else end


def _parts(text: str, helm_major: int) -> Iterator[tuple[int, str]]:
    # Helm 3 leaves it to the parser, of which it takes the first document. Helm 4 cuts the text at `---` itself.
    start = 0
    for cut in _HELM_4_CUT.finditer(text) if helm_major >= 4 else ():
        if cut["rest"]:
            raise Broken(*cut.span("rest"), "Helm 4 takes only a comment after `---`: put this on the next line")
        yield start, text[start : cut.start()]
        start = cut.end()
    yield start, text[start:]


_DOCUMENT = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(r"^[ \t]*(?P<line>[^\s#%][^\n]*?)[ \t\r]*$", re.MULTILINE)
_HELM_4_CUT = re.compile(r"^---[ \t\r]*(?:#[^\n]*|(?P<rest>[^\n]*?)[ \t\r]*)$", re.MULTILINE)


def _composed(text: str, offset: int) -> Composer:
    composer = Composer(offset)
    try:
        composer.compose(text)
    except yaml.reader.ReaderError as error:
        at = offset + error.position
        raise Broken(at, at + 1, f"YAML does not allow the character U+{ord(text[error.position]):04X}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark else 0
        raise Broken(at + offset, at + offset, str(error.problem)) from None
    return composer
