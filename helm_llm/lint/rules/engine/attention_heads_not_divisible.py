"""attention-heads-not-divisible."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.plural import listed
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.architecture import architecture
from helm_llm.serving.spec.spec import ServingSpec


@rule("attention-heads-not-divisible", Severity.ERROR, Confidence.CERTAIN)
def attention_heads_not_divisible(serving: ServingSpec) -> Iterator[Problem]:
    """The attention heads of the model cannot be shared evenly by the ranks.

    ## Why
    Tensor parallelism gives each rank the same number of heads. The server stops with
    `Total number of attention heads (28) must be divisible by tensor parallel size (8)`. The heads of well-known models
    are known here; `facts.modelConfig` tells them of any other.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-7B-Instruct
      tensorParallelSize: 8
    resources:
      limits: {nvidia.com/gpu: 8}
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-7B-Instruct
      tensorParallelSize: 4
    resources:
      limits: {nvidia.com/gpu: 4}
    ```
    """
    known = architecture(serving.model, serving.facts)
    for degree in serving.ranks.degrees if serving.ranks else ():
        if (
            degree.name == "tensor"
            and known
            and known.heads
            and degree.size
            and known.heads % degree.size
        ):
            sizes = [
                str(size) for size in range(1, _LARGEST + 1) if known.heads % size == 0
            ]
            message = f"{serving.model.name} has {known.heads} attention heads, {degree} does not divide them"
            related = (Related(serving.model.path, "the model is set here"),)
            yield Problem(
                degree.path, message, related, help=f"use {listed(sizes, ' or ')}"
            )


_LARGEST = 16
"""More GPUs than one node has are more than one wants for the heads of one layer."""
