"""model-cache-not-persistent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("model-cache-not-persistent", Severity.WARNING, Confidence.LIKELY)
def model_cache_not_persistent(serving: ServingSpec) -> Iterator[Problem]:
    """Every new pod downloads the model again.

    ## Why
    Without a storage backend, the cache is an emptyDir: it is on the node's own disk
    and is deleted with the pod. Every new pod downloads the weights again, which may
    take longer than the startup probe allows. With a large model, the pod may be
    evicted: `The node was low on resource: ephemeral-storage`. If this is acceptable,
    for example in a trial of a small model, suppress the finding.

    ## Bad
    ```yaml
    # chart: vllm
    persistence:
      enabled: false
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: /models/Qwen3-8B
    persistence:
      enabled: false
    extraVolumes:
      - name: models
        persistentVolumeClaim: {claimName: models}
    extraVolumeMounts:
      - {name: models, mountPath: /models}
    ```
    """
    switch, model = serving.storage.ephemeral, serving.model
    if switch:
        yield Problem(
            switch,
            f"every new pod downloads {model.name} again, to an emptyDir on its node",
            related=(Related(model.path, "the model is set here"),),
            help="enable persistence, or use another backend that outlives the pod",
        )
