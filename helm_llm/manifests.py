"""What a chart renders to: the objects, or Helm's reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.pod_template import PodTemplate, pod_templates
from helm_llm.process import Completed

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Sourced:
    """An object and the template it comes from, as Helm names it: `umbrella/charts/llm/templates/deployment.yaml`."""

    template: str
    object: Mapping[str, Any]


@dataclass(frozen=True)
class Manifests:
    """The output of `helm template`; `error` is Helm's message when it failed."""

    text: str
    error: str | None = None
    facts: Facts = NO_FACTS
    values: Any = None
    """The merged values, to tell names that a user gives from those that the chart makes."""

    @cached_property
    def objects(self) -> tuple[Mapping[str, Any], ...]:
        """Every rendered Kubernetes object, Lists taken apart."""
        return tuple(_flat(yaml.load_all(self.text, _Loader))) if self.error is None else ()

    @cached_property
    def pods(self) -> tuple[PodTemplate, ...]:
        """The pods that the objects are or make."""
        return tuple(pod_templates(self.objects))

    @cached_property
    def sourced(self) -> tuple[Sourced, ...]:
        """The same with their templates."""
        return tuple(_sourced(self.text)) if self.error is None else ()


def _sourced(text: str) -> Iterator[Sourced]:
    for document in re.split(r"(?m)^---.*$", text):
        source = re.search(r"(?m)^# Source: (.+)$", document)
        template = source[1] if source else ""
        yield from (Sourced(template, found) for found in _flat(yaml.load_all(document, _Loader)))


def _flat(documents: Iterator[Any]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        if str(document.get("kind", "")).endswith("List") and isinstance(document.get("items"), list):
            yield from _flat(iter(document["items"]))
        else:
            yield document


def rendered(completed: Completed, facts: Facts = NO_FACTS, values: Any = None) -> Manifests:
    """What `helm template` gave."""
    return Manifests(completed.stdout, None if completed.code == 0 else _reason(completed.stderr), facts, values)


def _reason(stderr: str) -> str:
    """Helm's error; Helm 3 prints one line, Helm 4 several of a chain whose last says what failed."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if line.startswith("Error:")]
    kept = [line for line in lines[errors[-1] if errors else 0 :] if not line.startswith("Use --debug")]
    return " ".join(kept).removeprefix("Error: ") or "helm template failed without a message"
