"""env-name-repeated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Variable
from helm_llm.serving.spec.spec import ServingSpec


@rule("env-name-repeated", Severity.WARNING, Confidence.CERTAIN)
def env_name_repeated(serving: ServingSpec) -> Iterator[Problem]:
    """A variable is given twice, and one of the two is dropped.

    ## Why
    Your list wins over what the chart makes of its own keys, and in the list the last item does. Nothing says so, or
    only the API server:
    `hides previous definition of "HF_TOKEN", which may be dropped when using apply`.

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
        first = earlier.get(variable.name)
        earlier[variable.name] = variable
        if first and first.listed:
            message = f"{variable.name} is listed twice, the last one counts"
            yield Problem(
                _name(variable),
                message,
                related=(Related(_name(first), "this one is dropped"),),
            )
        elif (
            first
            and _chosen(serving, first)
            and (first.text is None or first.text != variable.text)
        ):
            message = f"{variable.name} is also made from {serving.dotted(first.path)}, this list wins: set one"
            yield Problem(
                _name(variable),
                message,
                related=(Related(first.path, "this one is dropped"),),
            )


def _name(listed: Variable) -> tuple[str | int, ...]:
    return (*listed.path[:-1], "name")


def _chosen(serving: ServingSpec, made: Variable) -> bool:
    """Whether the value is the user's own, and is good for nothing else."""
    return bool(made.path) and not made.shared and serving.values.user_set(made.path)
