"""Servers of other charts, whose values no adapter reads: found in what they render."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from helm_llm.facts import Facts
from helm_llm.keypath import KeyPath
from helm_llm.lint.chart_scope import scopes
from helm_llm.manifests.manifests import Manifests, Render
from helm_llm.serving import is_known
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.layers import Values

_MARKS = ("llm", "nim/", "NIMService")
"""Manifests without any of these describe no server that we know."""


def rendered_specs(
    values: Values, manifests: Manifests, facts: Facts, render: Render | None
) -> Iterator[ServingSpec]:
    """The servers among the objects of the charts without an adapter."""
    adapted = {scope.base for scope in scopes(values) if is_known(scope.chart)}
    if () in adapted or manifests.error:
        return
    if not any(mark in manifests.text for mark in _MARKS):
        return
    # Our own charts, the most frequent case, need none of these.
    from helm_llm.lint.origins import Tracer
    from helm_llm.serving.rendered.objects import rendered_objects
    from helm_llm.serving.rendered.spec import specs

    others = [
        sourced
        for sourced in manifests.sourced
        if _base_of(sourced.template) not in adapted
    ]
    objects = rendered_objects(values, others)
    if render:
        objects = replace(objects, trace=Tracer(values, objects.tree, render))
    yield from specs(objects, facts)


def _base_of(template: str) -> KeyPath:
    """The names of the subcharts around a template."""
    return tuple(re.findall(r"/charts/([^/]+)(?=/)", template))
