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
from helm_llm.document.document import Document
from helm_llm.document.position import Span
from helm_llm.document.reader import read_document
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
    """A configuration file that fits its schema."""

    document: Document

    @property
    def tree(self) -> Mapping[str, Any]:
        return self.document.tree

    def resolve_path(self, path: str) -> str:
        """A path, given relative to the file's directory, relative to the working directory."""
        directory = Path(self.document.file).parent
        return os.path.normpath(directory / inputs.path(path))

    def confine(self, name: str, path: KeyPath) -> str:
        """The name of a file; UsageError if it is outside of the repository of this file."""
        with self.located(path):
            return confined(name, boundary(self.document.file))

    @contextmanager
    def located(self, path: KeyPath) -> Iterator[None]:
        """Put the place of a path in front of each UsageError."""
        try:
            yield
        except UsageError as error:
            raise UsageError(f"{self.place(path)}{error}") from None

    def place(self, path: KeyPath) -> str:
        """`.helm-llm.yaml:3:5: ` for a key or an item, or the nearest one above."""
        for end in range(len(path), 0, -1):
            span = self.document.key_span(path[:end])
            if span:
                return _position(self.document, span)
        return _position(self.document, Span(1, 1, 1, 1))


def read_config_file(file: str) -> ConfigFile:
    """Read and check a file; the UsageError lists everything that is wrong in it."""
    document = read_document(file, what="the configuration")
    register_document(document)
    problems = list(_problems(document))
    if problems:
        raise UsageError("\n".join(problems))
    return ConfigFile(document)


def _problems(document: Document) -> Iterator[str]:
    error = document.error
    if error:
        position = _position(document, error.span)
        yield f"{position}{error.message}"
    for repeated in document.repeated:
        position = _position(document, repeated.span)
        yield f"{position}duplicate key {dotted(repeated.path)}"
    place = ConfigFile(document).place
    for path, value in scalars(document.tree):
        if "\0" in str(value):
            yield f"{place(path)}{dotted(path)} contains a NUL character: remove it"
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = build_validator(schema)
    for violation in find_violations(schema, validator, document.tree):
        position = place(violation.path)
        problem = _problem(schema, violation)
        yield f"{position}{problem}"


def _problem(schema: Schema, violation: Violation) -> str:
    if violation.keyword in UNKNOWN_KEY:
        name = dotted(violation.path)
        meant = _meant(schema, violation)
        return f"there is no key {name}{meant}"
    problem = sentence(violation)
    advice = hint(violation)
    if not advice:
        return problem
    return f"{problem}: {advice}"


def _meant(schema: Schema, violation: Violation) -> str:
    *parents, key = violation.path
    schemas: tuple[Schema, ...] = (schema,)
    for parent in parents:
        schemas = below(schema, schemas, parent)
    meant = near(str(key), siblings(schema, schemas))
    if not meant:
        return ""
    return f", did you mean {meant}?"


def _position(document: Document, span: Span) -> str:
    return f"{document.file}:{span.line}:{span.column}: "
