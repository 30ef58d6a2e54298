"""Charts that no adapter knows: what they deploy stands in what they render to."""

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
"""Without one of these nothing rendered is a server that we know."""


def rendered_specs(
    values: Values, manifests: Manifests, facts: Facts, render: Render | None
) -> Iterator[ServingSpec]:
    """The servers among the objects of those charts whose values no adapter reads."""
    adapted = {scope.base for scope in scopes(values) if is_known(scope.chart)}
    if (
        () in adapted
        or manifests.error
        or not any(mark in manifests.text for mark in _MARKS)
    ):
        return
    from helm_llm.lint.origins import Tracer
    from helm_llm.serving.rendered.objects import rendered_objects
    from helm_llm.serving.rendered.spec import specs

    objects = rendered_objects(
        values,
        (one for one in manifests.sourced if _chart(one.template) not in adapted),
    )
    yield from specs(
        replace(objects, trace=Tracer(values, objects.tree, render))
        if render
        else objects,
        facts,
    )


def _chart(template: str) -> KeyPath:
    """The names of the subcharts that a template lies in."""
    return tuple(re.findall(r"/charts/([^/]+)(?=/)", template))
