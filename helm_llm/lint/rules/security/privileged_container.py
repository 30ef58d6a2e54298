"""privileged-container."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.plural import listed
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("privileged-container", Severity.WARNING, Confidence.CERTAIN)
def privileged_container(serving: ServingSpec) -> Iterator[Problem]:
    """A container may do everything on its node.

    ## Why
    Namespaces that enforce the baseline Pod Security Standard refuse the pod: `violates PodSecurity "baseline:latest"`,
    and a Deployment shows nothing but too few replicas. Elsewhere a fault in the engine, or in the code of a model, is
    then one of the node. HAMi 2.10 refuses privileged pods that ask for a share of a GPU.

    ## Bad
    ```yaml
    # chart: vllm
    securityContext:
      privileged: true
    ```

    ## Good
    ```yaml
    # chart: vllm
    securityContext:
      allowPrivilegeEscalation: false
    ```
    """
    found: dict[KeyPath, list[str]] = {}
    for whose, privilege in (
        serving.pod.security.privileges if serving.pod.security else ()
    ):
        found.setdefault(privilege.path, []).append(_sentence(whose, privilege.value))
    refused = "; HAMi 2.10 refuses such pods" if _shares_a_gpu(serving) else ""
    for path, sentences in found.items():
        yield Problem(
            path, f"{listed(sentences)} because of {serving.dotted(path)}{refused}"
        )


def _sentence(whose: str, what: str) -> str:
    subject = "the pod" if whose == "pod" else whose
    return (
        f"{subject} is privileged" if what == "privileged" else f"{subject} has {what}"
    )


def _shares_a_gpu(serving: ServingSpec) -> bool:
    return any(
        name.endswith(("vgpu", "gpumem", "gpumem-percentage", "gpucores"))
        for name in serving.resources.limits
    )
