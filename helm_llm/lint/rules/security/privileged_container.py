"""privileged-container."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.grammar import join_words
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("privileged-container", Severity.WARNING, Confidence.CERTAIN)
def privileged_container(serving: ServingSpec) -> Iterator[Problem]:
    """A container or pod has privileged access to its node.

    ## Why
    Namespaces that enforce the baseline Pod Security Standard reject the pod:
    `violates PodSecurity "baseline:latest"`. All you see then is a Deployment with too
    few replicas. In other namespaces, a vulnerability in the engine or in a model's
    code compromises the whole node. HAMi 2.10 rejects privileged pods that request a
    share of a GPU.

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
    if serving.pod.security is None:
        return
    # One value may give privileges to several containers.
    faults: dict[KeyPath, list[str]] = {}
    for owner, privilege in serving.pod.security.privileges:
        fault = _fault(owner, privilege.value)
        faults.setdefault(privilege.path, []).append(fault)
    rejected = ""
    if _shares_a_gpu(serving):
        rejected = "; HAMi 2.10 rejects such pods"
    for path, found in faults.items():
        cause = serving.dotted(path)
        yield Problem(path, f"{join_words(found)} because of {cause}{rejected}")


def _fault(owner: str, privilege: str) -> str:
    subject = owner
    if owner == "pod":
        subject = "the pod"
    if privilege == "privileged":
        return f"{subject} is privileged"
    return f"{subject} uses {privilege}"


def _shares_a_gpu(serving: ServingSpec) -> bool:
    # Resources of HAMi, such as nvidia.com/gpumem.
    shares = ("vgpu", "gpumem", "gpumem-percentage", "gpucores")
    return any(name.endswith(shares) for name in serving.resources.limits)
