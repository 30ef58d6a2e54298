"""A configuration file with positions and paths, checked against its schema."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm import inputs
from helm_llm.checkout import boundary, confined
from helm_llm.document.document import Document, Span
from helm_llm.document.document import read as read_document
from helm_llm.errors import UsageError
from helm_llm.keypath import KeyPath, dotted, scalars
from helm_llm.lint.known_secrets import register_document
from helm_llm.lint.schema.hint import hint
from helm_llm.lint.schema.sentence import sentence
from helm_llm.lint.schema.subschema import below, siblings
from helm_llm.lint.schema.validation import UNKNOWN_KEY, Violation, find_violations
from helm_llm.lint.schema.validator import Schema, build_validator
from helm_llm.lint.suggest import near

SCHEMA = Path(__file__).with_name("config.schema.json")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file that its schema takes."""

    document: Document

    @property
    def tree(self) -> Mapping[str, Any]:
        return self.document.tree

    def here(self, path: str) -> str:
        """A path, which the file gives relative to its own directory, as seen from the working directory."""
        return os.path.normpath(Path(self.document.file).parent / inputs.path(path))

    def inside(self, name: str, path: KeyPath) -> str:
        """A path as seen from the working directory; UsageError when it leads out of the repository of this file."""
        with self.placed(path):
            return confined(name, boundary(self.document.file))

    @contextmanager
    def placed(self, path: KeyPath) -> Iterator[None]:
        """UsageErrors that are raised here begin with the place of a path in the file."""
        try:
            yield
        except UsageError as error:
            raise UsageError(f"{self.place(path)}{error}") from None

    def place(self, path: KeyPath) -> str:
        """`.helm-llm.yaml:3:5: `: an item of a list, or a key; where there is none, the nearest one above."""
        above = (path[:end] for end in range(len(path), 0, -1))
        return _at(
            self.document,
            next(filter(None, map(self.document.key_span, above)), Span(1, 1, 1, 1)),
        )


def read_config_file(file: str) -> ConfigFile:
    """Read and check a file; UsageError names all that is wrong in it."""
    document = read_document(file, what="the configuration")
    register_document(document)
    if problems := list(_problems(document)):
        raise UsageError("\n".join(problems))
    return ConfigFile(document)


def _problems(document: Document) -> Iterator[str]:
    if document.error:
        yield _at(document, document.error.span) + document.error.message
    for repeated in document.repeated:
        yield f"{_at(document, repeated.span)}{dotted(repeated.path)} is there twice"
    for path, value in scalars(document.tree):
        if "\0" in str(value):
            yield f"{ConfigFile(document).place(path)}{dotted(path)} holds a NUL character: take it out"
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for violation in find_violations(schema, build_validator(schema), document.tree):
        yield ConfigFile(document).place(violation.path) + _sentence(schema, violation)


def _sentence(schema: Schema, violation: Violation) -> str:
    if violation.keyword in UNKNOWN_KEY:
        return (
            f"there is no key {dotted(violation.path)}{_meant(schema, violation.path)}"
        )
    cure = hint(violation)
    return f"{sentence(violation)}{f': {cure}' if cure else ''}"


def _meant(schema: Schema, path: KeyPath) -> str:
    schemas: tuple[Schema, ...] = (schema,)
    for parent in path[:-1]:
        schemas = below(schema, schemas, parent)
    meant = near(str(path[-1]), siblings(schema, schemas))
    return f", did you mean {meant}?" if meant else ""


def _at(document: Document, span: Span) -> str:
    return f"{document.file}:{span.line}:{span.column}: "
