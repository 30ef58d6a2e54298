"""What a rule is: a generator from a subject to problems, its docstring its manual page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from helm_llm.document.document import Span
from helm_llm.keypath import KeyPath
from helm_llm.lint.fix import Fix

MOST = 5000
"""Findings of one rule in one target. Nobody reads more of them, and a file may hold 100 times as many."""


class Severity(IntEnum):
    """How bad a finding is; ordered, so that thresholds compare."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure a rule is: rejected for certain, fails in most clusters, advice."""

    ADVICE = 1
    LIKELY = 2
    CERTAIN = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a problem and what it says there."""

    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found, in terms of values paths.

    `at_key` points at the key, not at its value; `span` is for rules about a file's text, which has no path. `fix` is
    the cure when there is exactly one, which nobody could mind.
    """

    path: KeyPath
    message: str
    related: tuple[Related, ...] = ()
    help: str = ""
    at_key: bool = False
    span: Span | None = None
    fix: Fix | None = None


Subject = TypeVar("Subject")
Check = Callable[[Subject], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A named check of one kind of subject."""

    id: str
    severity: Severity
    confidence: Confidence
    check: Check[Subject]
    charts: frozenset[str] = field(default_factory=frozenset)

    @property
    def area(self) -> str:
        """The directory the rule lies in: `helm_llm/lint/rules/<area>/`."""
        return self.check.__module__.split(".")[-2]

    @property
    def subject(self) -> str:
        """The name of the class the rule looks at: the annotation of its one parameter."""
        annotation = next(iter(self.check.__annotations__.values()))
        return annotation if isinstance(annotation, str) else str(annotation.__name__)

    @property
    def page(self) -> str:
        """The docstring, dedented: what `helm llm rules ID` prints."""
        return inspect.getdoc(self.check) or ""

    @property
    def title(self) -> str:
        """The page's first line."""
        return self.page.partition("\n")[0]


def rule(
    id: str, severity: Severity, confidence: Confidence, *, charts: tuple[str, ...] = ()
) -> Callable[[Check[Subject]], Rule[Subject]]:
    """Make a rule of a generator; `charts` limits it to charts of these names."""
    return lambda check: Rule(id, severity, confidence, check, frozenset(charts))
