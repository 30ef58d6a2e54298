"""template-braces-in-arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath, scalars
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import own_runtime
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.layers import Values

_ARGUMENTS: tuple[KeyPath, ...] = (
    ("model", "args"),
    ("model", "env"),
    ("model", "modelNameOverride"),
)
_RUNTIME: tuple[KeyPath, ...] = (
    ("servingRuntime", "args"),
    ("servingRuntime", "command"),
    ("servingRuntime", "env"),
)
_OF_THE_SERVICE = re.compile(
    r"\{\{-? *\.(Name|Namespace|(Labels|Annotations)(\.\w+)?) *-?\}\}", re.ASCII
)


@rule(
    "template-braces-in-arguments",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def template_braces_in_arguments(serving: ServingSpec) -> Iterator[Problem]:
    """An argument or a variable holds `{{`, which KServe reads as a template.

    ## Why
    KServe expands the container as a Go template over the metadata of the InferenceService. What it does not know, a
    chat template above all, ends in `failed to replace placeholders`, and no Deployment is made. `{{.Name}}`,
    `{{.Namespace}}`, `{{.Labels.x}}` and `{{.Annotations.x}}` are known. `}}` alone, as in nested JSON, is fine.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    model:
      args:
        - --chat-template={% for m in messages %}{{ m.content }}{% endfor %}
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    model:
      args:
        - --chat-template=/mnt/models/chat.jinja
        - --served-model-name={{.Name}}-chat
    ```
    """
    for path, text in _texts(serving.values):
        if "{{" in _OF_THE_SERVICE.sub("", text):
            yield Problem(
                path,
                f"KServe expands {{{{ }}}} in {serving.dotted(path)}",
                help="put it into a file of the model",
            )


def _texts(values: Values) -> Iterator[tuple[KeyPath, str]]:
    for above in (*_ARGUMENTS, *(_RUNTIME if own_runtime(values) else ())):
        given = scalars(values.get(*above))
        yield from (
            ((*above, *below), text) for below, text in given if isinstance(text, str)
        )
