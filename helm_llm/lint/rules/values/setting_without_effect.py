"""setting-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.fix import Remove
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.lint.user_values import user_files
from helm_llm.serving import CHARTS
from helm_llm.serving.charts.inert import InertSettings
from helm_llm.typed import sequence, text
from helm_llm.values.layers import Values


@rule("setting-without-effect", Severity.WARNING, Confidence.CERTAIN)
def setting_without_effect(values: Values) -> Iterator[Problem]:
    """A setting has no effect because of the value of another setting.

    ## Why
    Helm accepts the values, but the manifests are the same with and without the
    setting, and nothing reports this. Examples are an Ingress class without
    `ingress.enabled`, the size of a claim that is not created, and a probe that slow
    start replaces. Change the other setting, or remove the one without effect. If a
    later file disables a feature, the rule assumes that this is intended and stays
    silent.

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
        seen: set[KeyPath] = set()
        chart = CHARTS.get(scope.chart.name)
        for inert in chart.inert if chart else ():
            for path in _ineffective_settings(inert, scope):
                if path not in seen:
                    seen.add(path)
                    yield _problem(inert, path, scope)
        if scope.chart.name == "vllm":
            yield from _internal_addresses(scope)


def _ineffective_settings(inert: InertSettings, scope: Scope) -> Iterator[KeyPath]:
    if not inert.applies(scope.tree):
        return
    for setting in inert.changed(scope.tree, scope.chart.defaults.tree):
        if not _is_intended(inert, setting, scope):
            yield setting


def _is_intended(inert: InertSettings, setting: KeyPath, scope: Scope) -> bool:
    """Whether no user gave the setting, or a later layer made it inert."""
    layer = _layer(scope.values, (*scope.base, *setting))
    if layer == _DEFAULT:
        return True
    for condition in (inert.condition, *inert.also):
        if _layer(scope.values, (*scope.base, *condition.path)) > layer:
            return True
    return False


_DEFAULT = -1


def _layer(values: Values, path: KeyPath) -> int:
    """The position of the layer that set a value: files in order, then the options."""
    origin = values.origin(path)
    if origin is None:
        return _DEFAULT
    files = user_files(values)
    if origin.option:
        return len(files)
    layer = _DEFAULT
    for index, file in enumerate(files):
        if file is origin.document:
            layer = index
    return layer


def _problem(inert: InertSettings, setting: KeyPath, scope: Scope) -> Problem:
    path = (*scope.base, *setting)
    condition = (*scope.base, *inert.condition.path)
    value = lookup(scope.tree, setting)
    found = lookup(scope.tree, inert.condition.path)
    state = f"{dotted(condition)} is {_in_words(found)}"
    message = f"{dotted(path)} has no effect while {state}"
    if setting[-1] == "existingClaim":
        message = f"claim {value} is not used while {state}"
    return Problem(
        path,
        message,
        related=(Related(condition, f"{state} here"),),
        at_key=isinstance(value, (dict, list)),
        # Without a setting that is rendered, the manifests would change.
        fix=None if inert.rendered else Remove(path),
    )


def _in_words(value: object) -> str:
    if value is MISSING:  # a null removed the chart's default
        return "not set"
    return value if isinstance(value, str) else plain(value)


def _internal_addresses(scope: Scope) -> Iterator[Problem]:
    """VLLM_PORT and VLLM_HOST_IP with the address of the API.

    To vLLM, they are the address at which its own processes find each other.
    """
    keys = {"VLLM_PORT": "port", "VLLM_HOST_IP": "host"}
    for index, item in enumerate(sequence(scope.tree, "vllm", "env")):
        name = text(item, "name")
        key = keys.get(name)
        if key is None:
            continue
        path = (*scope.base, "vllm", "env", index, "value")
        value, of_api = item.get("value"), lookup(scope.tree, ("vllm", key))
        if str(value) == str(of_api) and scope.values.is_user_set(path):
            yield Problem(
                path,
                f"{name} sets the {key} of the engine's own processes, "
                "but not that of the API",
                help=f"remove it: vllm.{key} sets the {key} of the API",
            )
