"""What a chart renders to: the objects, or the reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from helm_llm.document.nodes import Broken
from helm_llm.document.syntax import documents
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath, scalars
from helm_llm.manifests.pod_template import PodTemplate, kind_of, name_of, pod_templates
from helm_llm.process import Completed
from helm_llm.typed import Object, shown


@dataclass(frozen=True, slots=True)
class Sourced:
    """An object and the template it comes from, as Helm names it: `umbrella/charts/llm/templates/deployment.yaml`."""

    template: str
    object: Object


@dataclass(frozen=True)
class Manifests:
    """The output of `helm template`; `refusal` is Helm's message when it failed."""

    text: str
    refusal: str | None = None
    facts: Facts = NO_FACTS
    values: Any = None
    """The merged values, to tell names that a user gives from those that the chart makes."""

    @property
    def error(self) -> str | None:
        """Why there are no objects: what Helm said, or what is no YAML in what it printed."""
        return self._read[1]

    @property
    def sourced(self) -> tuple[Sourced, ...]:
        """Every rendered Kubernetes object with its template, Lists taken apart."""
        return self._read[0]

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """The same without their templates."""
        return tuple(one.object for one in self.sourced)

    @cached_property
    def pods(self) -> tuple[PodTemplate, ...]:
        """The pods that the objects are or make."""
        return tuple(pod_templates(self.objects))

    def of_kind(self, kind: str) -> Mapping[str, Object]:
        """The objects of a kind by name."""
        return self._kinds.get(kind, {})

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all objects."""
        return frozenset(map(name_of, self.objects))

    @cached_property
    def labelled(self) -> Mapping[tuple[str, str], Sequence[PodTemplate]]:
        """The pods that have a label with this text."""
        found: dict[tuple[str, str], list[PodTemplate]] = {}
        for pod in self.pods:
            for key, value in pod.labels.items():
                found.setdefault((key, shown(value)), []).append(pod)
        return found

    @cached_property
    def given(self) -> Mapping[str, list[KeyPath]]:
        """Where each text of the values is."""
        paths: dict[str, list[KeyPath]] = {}
        for path, value in scalars(self.values):
            if isinstance(value, str):
                paths.setdefault(value, []).append(path)
        return paths

    @cached_property
    def _kinds(self) -> Mapping[str, dict[str, Object]]:
        kinds: dict[str, dict[str, Object]] = {}
        for found in self.objects:
            kinds.setdefault(kind_of(found), {})[name_of(found)] = found
        return kinds

    @cached_property
    def _read(self) -> tuple[tuple[Sourced, ...], str | None]:
        if self.refusal is not None:
            return (), self.refusal
        try:
            return tuple(_sourced(self.text)), None
        except Broken as broken:
            return (), _unreadable(self.text, broken)


_SOURCE = re.compile(r"---[ \t]*\r?\n# Source: ([^\r\n]+)")
"""How Helm begins what it prints of a template, which may be several documents."""


def _sourced(text: str) -> Iterator[Sourced]:
    template = ""
    for document in documents(text):
        if source := _SOURCE.match(text, document.offset):
            template = source[1]
        if document.root:
            yield from (
                Sourced(template, found) for found in _flat(document.root.value)
            )


def _flat(value: Any) -> Iterator[Object]:
    """The objects that a document is or lists; what has no kind is none."""
    if not isinstance(value, dict) or not kind_of(value):
        return
    items = value.get("items")
    if isinstance(items, list) and kind_of(value).endswith("List"):
        for item in items:
            yield from _flat(item)
    else:
        yield value


def _unreadable(text: str, broken: Broken) -> str:
    template = ""
    for source in _SOURCE.finditer(text, 0, broken.start + 1):
        template = source[1]
    where = f"{template}: " if template else ""
    line = text.count("\n", 0, broken.start) + 1
    return f"{where}line {line} of what is rendered cannot be read: {broken.message}"


Render = Callable[[str], Manifests]
"""The text of a values file -> what the chart renders to with it alone."""


def rendered(
    completed: Completed, facts: Facts = NO_FACTS, values: Any = None
) -> Manifests:
    """What `helm template` gave."""
    return Manifests(
        completed.stdout,
        None if completed.code == 0 else _reason(completed.stderr),
        facts,
        values,
    )


def _reason(stderr: str) -> str:
    """Helm's error; Helm 3 prints one line, Helm 4 several of a chain whose last says what failed."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if line.startswith("Error:")]
    kept = [
        line
        for line in lines[errors[-1] if errors else 0 :]
        if not line.startswith("Use --debug")
    ]
    return (
        " ".join(kept).removeprefix("Error: ")
        or "helm template failed without a message"
    )
