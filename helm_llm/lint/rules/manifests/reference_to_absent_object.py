"""reference-to-absent-object."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.rules.manifests._references import REFERENCES
from helm_llm.lint.trace import traced
from helm_llm.manifests.manifests import Manifests


@rule("reference-to-absent-object", Severity.ERROR, Confidence.CERTAIN)
def reference_to_absent_object(manifests: Manifests) -> Iterator[Problem]:
    """An object of the release refers to something that is not there.

    ## Why
    A mount of a volume that the pod does not have is refused. The rest is accepted and does not work: a Service without
    pods, or with a port that they do not have, gives 503, an autoscaler without target never scales, a pod that waits
    for a claim or a ConfigMap never starts. Only names that the chart makes are looked up, those that values give may
    well exist in the cluster.

    ## Bad
    ```yaml
    # chart: vllm
    extraVolumeMounts:
      - name: certificates
        mountPath: /etc/ssl/acme
    ```

    ## Good
    ```yaml
    # chart: vllm
    extraVolumeMounts:
      - name: certificates
        mountPath: /etc/ssl/acme
    extraVolumes:
      - name: certificates
        configMap: {name: acme-certificates}
    ```
    """
    seen: set[str] = set()
    for references in REFERENCES:
        for owner, kind, name in references(manifests):
            message = f"{owner} refers to {kind} {name}, not in the release"
            if message not in seen:
                seen.add(message)
                yield Problem(traced(manifests, name), message)
