"""pod-security-level-violated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.rules.security._pod_security import LEVELS
from helm_llm.manifests.manifests import Manifests


@rule("pod-security-level-violated", Severity.ERROR, Confidence.CERTAIN)
def pod_security_level_violated(manifests: Manifests) -> Iterator[Problem]:
    """A pod breaks the Pod Security Standard that its namespace enforces.

    ## Why
    The namespace refuses the pod: `violates PodSecurity "restricted:latest"`. A Deployment or StatefulSet is accepted
    all the same, and its pods never appear. `facts.podSecurity` tells which level is enforced.

    ## Bad
    ```yaml
    # chart: vllm
    # facts: {pod_security: restricted}
    podSecurityContext: {runAsUser: 1000}
    ```

    ## Good
    ```yaml
    # chart: vllm
    # facts: {pod_security: restricted}
    podSecurityContext:
      runAsNonRoot: true
      runAsUser: 1000
      fsGroup: 1000
      seccompProfile: {type: RuntimeDefault}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
    ```
    """
    level = manifests.facts.pod_security or ""
    for pod in manifests.pods:
        broken = [fault for check in LEVELS.get(level, ()) for fault in check(pod)]
        if broken:
            yield Problem((), f"{pod.owner} breaks {level}: {', '.join(broken)}")
