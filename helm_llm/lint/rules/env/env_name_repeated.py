"""env-name-repeated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Variable
from helm_llm.serving.spec.spec import ServingSpec


@rule("env-name-repeated", Severity.WARNING, Confidence.CERTAIN)
def env_name_repeated(serving: ServingSpec) -> Iterator[Problem]:
    """An environment variable is set twice, and one of the values is dropped.

    ## Why
    Your list takes precedence over the variables that the chart creates from its own
    keys, and the last item of the list over earlier ones. There is no error. At most,
    the API server warns: `hides previous definition of "HF_TOKEN", which may be dropped
    when using apply`.

    ## Bad
    ```yaml
    # chart: vllm
    huggingfaceToken:
      existingSecret: hub
    vllm:
      env:
        - name: HF_TOKEN
          valueFrom:
            secretKeyRef: {name: another, key: token}
    ```

    ## Good
    ```yaml
    # chart: vllm
    huggingfaceToken:
      existingSecret: hub
    ```
    """
    earlier: dict[str, Variable] = {}
    for variable in serving.pod.variables or ():
        name, first = variable.name, earlier.get(variable.name)
        earlier[name] = variable
        if first is None:
            continue
        if first.listed:
            yield Problem(
                _name_path(variable),
                f"{name} is listed twice: the last item takes precedence",
                related=(Related(_name_path(first), "this item is dropped"),),
                help="keep only one of them",
            )
        elif _is_overridden(serving, first, variable):
            yield Problem(
                _name_path(variable),
                f"{name} is also set by {serving.dotted(first.path)}: "
                "this list takes precedence",
                related=(Related(first.path, "this value is dropped"),),
                help="keep only one of them",
            )


def _name_path(listed: Variable) -> tuple[str | int, ...]:
    return (*listed.path[:-1], "name")


def _is_overridden(serving: ServingSpec, first: Variable, last: Variable) -> bool:
    """Whether a key of the chart that the user set loses its only effect."""
    if first.text is not None and first.text == last.text:
        return False
    return (
        bool(first.path) and not first.shared and serving.values.is_user_set(first.path)
    )
