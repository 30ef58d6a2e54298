"""template-braces-in-arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath, scalars
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import own_runtime
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec

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
_SUPPORTED = re.compile(
    r"\{\{-? *\.(Name|Namespace|(Labels|Annotations)(\.\w+)?) *-?\}\}", re.ASCII
)


@rule(
    "template-braces-in-arguments",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def template_braces_in_arguments(serving: ServingSpec) -> Iterator[Problem]:
    """KServe reads `{{` in an argument or variable as a template.

    ## Why
    KServe expands the container as a Go template over the metadata of the
    InferenceService. Anything else between the braces, such as a chat template, ends in
    `failed to replace placeholders`, and no Deployment is created.

    `{{.Name}}`, `{{.Namespace}}`, `{{.Labels.x}}` and `{{.Annotations.x}}` are
    supported. `}}` alone, as in nested JSON, is fine.

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
        if "{{" in _SUPPORTED.sub("", text):
            yield Problem(
                path,
                f"KServe expands {{{{ }}}} in {serving.dotted(path)} as a template",
                help="move it to a file in the model's directory",
            )


def _texts(values: Source) -> Iterator[tuple[KeyPath, str]]:
    paths = _ARGUMENTS
    if own_runtime(values):
        paths += _RUNTIME
    for above in paths:
        for below, text in scalars(values.get(*above)):
            if isinstance(text, str):
                yield (*above, *below), text
