"""What a chart renders to: the objects, or the reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from helm_llm.document.nodes import InvalidYaml
from helm_llm.document.syntax import stream_documents
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath, scalars
from helm_llm.manifests.pod_template import PodTemplate, kind_of, name_of, pod_templates
from helm_llm.process import Completed
from helm_llm.typed import Object, shown

_SOURCE = re.compile(r"---[ \t]*\r?\n# Source: ([^\r\n]+)")
"""The line with which Helm starts the output of a template, often several documents."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """An object and its template, named as in Helm: `umbrella/charts/llm/templates/deployment.yaml`."""

    template: str
    object: Object


@dataclass(frozen=True)
class Manifests:
    """The output of `helm template`."""

    text: str
    refusal: str | None = None
    """Helm's message if it failed."""
    facts: Facts = NO_FACTS
    values: object = None
    """The merged values, by which rules recognize the names that a user set."""

    @property
    def error(self) -> str | None:
        """Why there are no objects: Helm's message, or what is not YAML in its output."""
        return self._parsed[1]

    @property
    def sourced(self) -> tuple[Sourced, ...]:
        """Every rendered object with its template; a List counts as its items."""
        return self._parsed[0]

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """Every rendered object."""
        return tuple(one.object for one in self.sourced)

    @cached_property
    def pods(self) -> tuple[PodTemplate, ...]:
        """The pods that the objects are or create."""
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
        """The pods with each label: (key, text) -> pods."""
        found: dict[tuple[str, str], list[PodTemplate]] = {}
        for pod in self.pods:
            for key, value in pod.labels.items():
                label = (key, shown(value))
                found.setdefault(label, []).append(pod)
        return found

    @cached_property
    def given(self) -> Mapping[str, list[KeyPath]]:
        """The paths of each text in the values."""
        paths: dict[str, list[KeyPath]] = {}
        for path, value in scalars(self.values):
            if isinstance(value, str):
                paths.setdefault(value, []).append(path)
        return paths

    @cached_property
    def _kinds(self) -> Mapping[str, dict[str, Object]]:
        kinds: dict[str, dict[str, Object]] = {}
        for found in self.objects:
            of_kind = kinds.setdefault(kind_of(found), {})
            of_kind[name_of(found)] = found
        return kinds

    @cached_property
    def _parsed(self) -> tuple[tuple[Sourced, ...], str | None]:
        if self.refusal is not None:
            return (), self.refusal
        try:
            return tuple(_parse(self.text)), None
        except InvalidYaml as broken:
            return (), _syntax_error(self.text, broken)


Render = Callable[[str], Manifests]
"""The text of a values file -> what the chart renders to with it alone."""


def manifests_of(
    completed: Completed, facts: Facts = NO_FACTS, values: object = None
) -> Manifests:
    """Read the result of `helm template`."""
    refusal: str | None = None
    if completed.code != 0:
        refusal = _reason(completed.stderr)
    return Manifests(completed.stdout, refusal, facts, values)


def _parse(text: str) -> Iterator[Sourced]:
    template = ""
    for document in stream_documents(text):
        source = _SOURCE.match(text, document.offset)
        if source:
            template = source[1]
        # Helm prints an empty document for a template that renders to a comment.
        if document.root is None:
            continue
        for found in _flatten(document.root.value):
            yield Sourced(template, found)


def _flatten(value: object) -> Iterator[Object]:
    """The objects that a document is or lists; a document without a kind has none."""
    if not isinstance(value, dict) or not kind_of(value):
        return
    items = value.get("items")
    if isinstance(items, list) and kind_of(value).endswith("List"):
        for item in items:
            yield from _flatten(item)
    else:
        yield value


def _syntax_error(text: str, broken: InvalidYaml) -> str:
    line = text.count("\n", 0, broken.start) + 1
    message = f"line {line} of the rendered text is not valid YAML: {broken.message}"
    template = ""
    for source in _SOURCE.finditer(text, 0, broken.start + 1):
        template = source[1]
    if template:
        return f"{template}: {message}"
    return message


def _reason(stderr: str) -> str:
    """Helm's error message.

    Helm 3 prints one line. Helm 4 prints a chain of errors, of which the last one is
    the cause.
    """
    kept: list[str] = []
    for line in map(str.strip, stderr.splitlines()):
        if line.startswith("Error:"):
            kept.clear()
        # The advice to use --debug is for people who run Helm themselves.
        if line and not line.startswith("Use --debug"):
            kept.append(line)
    message = " ".join(kept).removeprefix("Error: ")
    return message or "helm template failed without a message"
