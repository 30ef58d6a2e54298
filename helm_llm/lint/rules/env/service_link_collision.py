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
    """A Service named vllm makes a variable that vLLM refuses.

    ## Why
    For every Service of the namespace kubelet adds variables in the style of Docker's links, and for one named vllm
    that is VLLM_PORT=tcp://10.0.0.5:8000. vLLM reads VLLM_PORT itself and stops at start:
    `VLLM_PORT 'tcp://10.0.0.5:8000' appears to be a URI. This may be caused by a Kubernetes service discovery issue`.

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
    if any(_makes_links(found) for found in manifests.objects):
        for pod in manifests.pods:
            if pod.spec.get("enableServiceLinks") is not False and _reads_the_port(pod):
                yield Problem(
                    ("enableServiceLinks",),
                    f"the Service vllm makes kubelet set VLLM_PORT=tcp://.. in the pods of {pod.owner}",
                    help="set enableServiceLinks to false, or give the Service another name",
                )


_ENGINE = re.compile(
    r"(.*/)?vllm(-openai)?(:[^/]*)?(@.*)?|vllm\.entrypoints\..*", re.DOTALL
)
"""An image, a program or a Python module."""


def _makes_links(found: Object) -> bool:
    """A Service with an address of its own gives one to other pods' variables."""
    without = (
        lookup(found, ("spec", "clusterIP")) == "None"
        or lookup(found, ("spec", "type")) == "ExternalName"
    )
    return found.get("kind") == "Service" and name_of(found) == "vllm" and not without


def _reads_the_port(pod: PodTemplate) -> bool:
    """Whether a vLLM runs there whose port no variable of its own replaces."""
    engines = [
        one
        for one in mappings(pod.spec, "containers")
        if any(map(_ENGINE.fullmatch, _words(one)))
    ]
    return any(
        "VLLM_PORT"
        not in {shown(variable.get("name")) for variable in mappings(one, "env")}
        for one in engines
    )


def _words(container: Object) -> Iterator[str]:
    yield shown(container.get("image"))
    for key in ("command", "args"):
        yield from map(shown, sequence(container, key))
