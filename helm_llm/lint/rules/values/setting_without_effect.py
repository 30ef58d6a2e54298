"""setting-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.fix import Remove
from helm_llm.lint.gate import Row
from helm_llm.lint.gates import GATES
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.lint.user_values import user_files
from helm_llm.values.layers import Origin, Values


@rule("setting-without-effect", Severity.WARNING, Confidence.CERTAIN)
def setting_without_effect(values: Values) -> Iterator[Problem]:
    """The chart does not read a setting while another one is as it is.

    ## Why
    Helm accepts the values, the manifests are the same with and without the setting, and nothing says so: an Ingress
    class without `ingress.enabled`, the size of a claim that is not made, a probe that slow start replaces. Open the
    gate, or remove the setting. A gate that a later file closes is meant to be closed: then the rule is silent.

    ## Bad
    ```yaml
    # chart: vllm
    autoscaling:
      maxReplicas: 4
    ```

    ## Good
    ```yaml
    # chart: vllm
    autoscaling:
      enabled: true
      maxReplicas: 4
    ```
    """
    for scope in scopes(values):
        found: set[KeyPath] = set()
        for row in GATES.get(scope.chart.name, ()):
            for path in _ineffective(row, scope):
                if path not in found:
                    found.add(path)
                    yield _problem(row, path, scope)
        if scope.chart.name == "vllm":
            yield from _internal_addresses(scope)


def _ineffective(row: Row, scope: Scope) -> Iterator[KeyPath]:
    tree = scope.tree
    if row.applies(tree):
        changed = row.changed(tree, scope.chart.defaults.tree)
        yield from (
            setting for setting in changed if not _closed_later(row, setting, scope)
        )


def _closed_later(row: Row, setting: KeyPath, scope: Scope) -> bool:
    """Whether the setting is no user's, or a later layer than the setting's closed the gate."""
    values = scope.values
    layer = _layer(values, values.origin((*scope.base, *setting)))
    gates = (
        _layer(values, values.origin((*scope.base, *gate.path)))
        for gate in (row.gate, *row.also)
    )
    return layer == _DEFAULT or any(gate > layer for gate in gates)


_DEFAULT = -1


def _layer(values: Values, origin: Origin | None) -> int:
    files = user_files(values)
    if origin is None or origin.option:
        return len(files) if origin else _DEFAULT
    return max(
        (index for index, file in enumerate(files) if file is origin.document),
        default=_DEFAULT,
    )


def _problem(row: Row, setting: KeyPath, scope: Scope) -> Problem:
    path, gate = (*scope.base, *setting), (*scope.base, *row.gate.path)
    state = f"{dotted(gate)} is {_shown(lookup(scope.tree, row.gate.path))}"
    message = f"{dotted(path)} has no effect while {state}"
    if setting[-1] == "existingClaim":
        message = f"claim {lookup(scope.tree, setting)} is not used while {state}"
    inside = isinstance(lookup(scope.tree, setting), (dict, list))
    fix = None if row.rendered else Remove(path)
    return Problem(
        path, message, related=(Related(gate, f"{state} here"),), at_key=inside, fix=fix
    )


def _shown(value: object) -> str:
    if value is MISSING:  # a null removed the chart's default
        return "not set"
    return value if isinstance(value, str) else plain(value)


def _internal_addresses(scope: Scope) -> Iterator[Problem]:
    """VLLM_PORT and VLLM_HOST_IP that repeat the API's address: to the engine they are internal ones."""
    api = {"VLLM_PORT": "port", "VLLM_HOST_IP": "host"}
    given = lookup(scope.tree, ("vllm", "env"))
    for index, item in enumerate(given if isinstance(given, list) else ()):
        key = api.get(str(item.get("name"))) if isinstance(item, dict) else None
        path = (*scope.base, "vllm", "env", index, "value")
        if (
            key
            and str(item.get("value")) == str(lookup(scope.tree, ("vllm", key)))
            and scope.values.user_set(path)
        ):
            message = f"{item['name']} is for the engine's own processes, the API does not listen there"
            yield Problem(
                path, message, help=f"remove it, vllm.{key} sets the API's {key}"
            )
