"""service-link-collision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import lookup
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import PodTemplate, name_of
from helm_llm.typed import Object, mappings, sequence, shown


@rule("service-link-collision", Severity.ERROR, Confidence.CERTAIN)
def service_link_collision(manifests: Manifests) -> Iterator[Problem]:
    """A Service named vllm sets a variable that vLLM rejects.

    ## Why
    For every Service of the namespace, the kubelet adds variables in the style of
    Docker links. For a Service named vllm, one of them is
    `VLLM_PORT=tcp://10.0.0.5:8000`. vLLM reads VLLM_PORT itself and stops at startup:
    `VLLM_PORT 'tcp://10.0.0.5:8000' appears to be a URI. This may be caused by a
    Kubernetes service discovery issue`.

    ## Bad
    ```yaml
    # chart: vllm
    fullnameOverride: vllm
    enableServiceLinks: true
    ```

    ## Good
    ```yaml
    # chart: vllm
    fullnameOverride: vllm
    ```
    """
    if not any(_sets_the_port(found) for found in manifests.objects):
        return
    for pod in manifests.pods:
        if pod.spec.get("enableServiceLinks") is not False and _reads_the_port(pod):
            yield Problem(
                ("enableServiceLinks",),
                f"the pods of {pod.owner} get VLLM_PORT=tcp://... "
                "because a Service is named vllm",
                help="set enableServiceLinks to false, or rename the Service",
            )


_ENGINE = re.compile(
    r"(.*/)?vllm(-openai)?(:[^/]*)?(@.*)?|vllm\.entrypoints\..*", re.DOTALL
)
"""An image, a program or a Python module."""


def _sets_the_port(found: Object) -> bool:
    """Whether this is the Service vllm, with a cluster IP to put into VLLM_PORT."""
    if found.get("kind") != "Service" or name_of(found) != "vllm":
        return False
    if lookup(found, ("spec", "clusterIP")) == "None":
        return False
    return bool(lookup(found, ("spec", "type")) != "ExternalName")


def _reads_the_port(pod: PodTemplate) -> bool:
    """Whether a container runs vLLM and does not set VLLM_PORT itself."""
    for container in mappings(pod.spec, "containers"):
        if not any(map(_ENGINE.fullmatch, _command_words(container))):
            continue
        variables = mappings(container, "env")
        if "VLLM_PORT" not in {shown(variable.get("name")) for variable in variables}:
            return True
    return False


def _command_words(container: Object) -> Iterator[str]:
    yield shown(container.get("image"))
    for key in ("command", "args"):
        yield from map(shown, sequence(container, key))
