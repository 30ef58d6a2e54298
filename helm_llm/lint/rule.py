"""What a rule is: a generator from a subject to problems, its docstring its manual page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from helm_llm.document.position import Span
from helm_llm.keypath import KeyPath
from helm_llm.lint.fix import Fix

MAX_FINDINGS = 5000
"""Findings of one rule in one target. No one reads more, and a file may cause 100 times as many."""


class Severity(IntEnum):
    """How bad a finding is; ordered, so that thresholds compare."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure a rule is: wrong in any cluster, wrong in most clusters, or advice."""

    ADVICE = 1
    LIKELY = 2
    CERTAIN = 3

    def __str__(self) -> str:
        return self.name.lower()


class Related(NamedTuple):
    """A second place that belongs to a problem, and a note about it."""

    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule's result, in terms of values paths."""

    path: KeyPath
    message: str
    related: tuple[Related, ...] = ()
    help: str = ""
    at_key: bool = False
    """The problem is the key, not its value."""
    span: Span | None = None
    """The position of a problem in the text of a file, which has no path."""
    fix: Fix | None = None
    """The fix, if exactly one is possible and it is safe."""


class Subject(Enum):
    """What a rule looks at: the name of the class of its check's parameter."""

    DOCUMENT = "Document"
    """One values file, also when its YAML is broken."""
    VALUES = "Values"
    """The merged values of a chart."""
    VALIDATION = "Validation"
    """What the charts' schemas refuse in the merged values."""
    SERVING_SPEC = "ServingSpec"
    """The server that a chart's values or rendered objects describe."""
    MANIFESTS = "Manifests"
    """What `helm template` printed."""
    UNUSED_SUPPRESSION = "UnusedSuppression"
    """An ignore comment without effect, once all targets are linted."""


Refusal: TypeAlias = Literal["schema", "template"]
"""What makes Helm refuse values: the chart's schema, or a template that calls `fail`."""

Checked = TypeVar("Checked")
Check = Callable[[Checked], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[Checked]):
    """A named check of one kind of subject."""

    id: str
    severity: Severity
    confidence: Confidence
    check: Check[Checked]
    subject: Subject
    charts: frozenset[str] = field(default_factory=frozenset)
    always: bool = False
    """Neither `--select` nor `--ignore` turns the rule off: what it finds hides everything else."""
    suppressible: bool = True
    """A comment or a baseline can hide what the rule finds."""
    refused_by: Refusal | None = None
    """Helm refuses the same values, with a message that says less than the rule's."""
    echoes: bool = False
    """The rule reports Helm's refusal itself, so it is left out where another rule explains it."""

    @property
    def area(self) -> str:
        """The directory of the rule: `helm_llm/lint/rules/<area>/`."""
        return self.check.__module__.split(".")[-2]

    @property
    def page(self) -> str:
        """The docstring, dedented: what `helm llm rules ID` prints."""
        return inspect.getdoc(self.check) or ""

    @property
    def title(self) -> str:
        """The page's first line."""
        return self.page.partition("\n")[0]


AnyRule: TypeAlias = Rule[Any]
"""A rule whose subject is not known to the reader."""


def rule(
    id: str,
    severity: Severity,
    confidence: Confidence,
    *,
    charts: tuple[str, ...] = (),
    always: bool = False,
    suppressible: bool = True,
    refused_by: Refusal | None = None,
    echoes: bool = False,
) -> Callable[[Check[Checked]], Rule[Checked]]:
    """Make a rule of a check; `charts` limits it to charts of these names, the flags are those of Rule."""
    return lambda check: Rule(
        id,
        severity,
        confidence,
        check,
        _subject_of(check),
        charts=frozenset(charts),
        always=always,
        suppressible=suppressible,
        refused_by=refused_by,
        echoes=echoes,
    )


def _subject_of(check: Check[Checked]) -> Subject:
    """The subject that the annotation of the check's only parameter names."""
    annotation = next(iter(check.__annotations__.values()))
    # a text in modules that import `annotations` from __future__
    name = annotation if isinstance(annotation, str) else annotation.__name__
    return Subject(name)
