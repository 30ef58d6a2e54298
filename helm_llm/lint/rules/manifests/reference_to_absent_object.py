"""reference-to-absent-object."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.rules.manifests._references import REFERENCES
from helm_llm.manifests.manifests import Manifests


@rule("reference-to-absent-object", Severity.ERROR, Confidence.CERTAIN)
def reference_to_absent_object(manifests: Manifests) -> Iterator[Problem]:
    """An object in the release refers to something that does not exist.

    ## Why
    The API server rejects a pod that mounts an undefined volume. It accepts the other
    references, but they do not work: requests to a Service without pods, or to a port
    that its pods do not have, fail with 503; an autoscaler without a target never
    scales; and a pod that waits for a claim or a ConfigMap never starts.

    The rule only checks names that the chart generates. Names that come from your
    values may refer to objects that already exist in the cluster.

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
    # Several containers of a pod may repeat the same reference.
    seen: set[str] = set()
    for find_broken_references in REFERENCES:
        for problem in find_broken_references(manifests):
            if problem.message not in seen:
                seen.add(problem.message)
                yield problem
