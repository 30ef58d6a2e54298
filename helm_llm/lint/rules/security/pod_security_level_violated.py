"""pod-security-level-violated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.rules.security._pod_security import LEVELS
from helm_llm.manifests.manifests import Manifests


@rule("pod-security-level-violated", Severity.ERROR, Confidence.CERTAIN)
def pod_security_level_violated(manifests: Manifests) -> Iterator[Problem]:
    """A pod violates the Pod Security Standard that its namespace enforces.

    ## Why
    The namespace rejects the pod: `violates PodSecurity "restricted:latest"`. A
    Deployment or StatefulSet is still accepted, but its pods never appear.
    `facts.podSecurity` states which level the namespace enforces.

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
    checks = LEVELS.get(level, ())
    for pod in manifests.pods:
        violations = [violation for check in checks for violation in check(pod)]
        if violations:
            yield Problem(
                (),
                f"{pod.owner} violates the {level} Pod Security Standard: "
                f"{', '.join(violations)}",
            )
