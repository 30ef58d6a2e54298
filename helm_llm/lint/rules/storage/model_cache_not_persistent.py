"""model-cache-not-persistent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("model-cache-not-persistent", Severity.WARNING, Confidence.LIKELY)
def model_cache_not_persistent(serving: ServingSpec) -> Iterator[Problem]:
    """The model is downloaded again by every new pod.

    ## Why
    Without a storage backend the cache is an emptyDir: it lies on the node's own disk and goes with the pod. Every
    restart on another node downloads the weights again, which may use up the start-up budget, and a large model ends
    in `The node was low on resource: ephemeral-storage`. For a trial of a small model that is fine: say so in a
    suppression.

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
            related=(Related(model.path, "the model is named here"),),
            help="switch persistence on, or use another backend that outlives the pod",
        )
