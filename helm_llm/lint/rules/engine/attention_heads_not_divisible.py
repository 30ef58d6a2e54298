"""attention-heads-not-divisible."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.grammar import join_words
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.architecture import architecture
from helm_llm.serving.spec.spec import ServingSpec


@rule("attention-heads-not-divisible", Severity.ERROR, Confidence.CERTAIN)
def attention_heads_not_divisible(serving: ServingSpec) -> Iterator[Problem]:
    """The attention heads cannot be split evenly across the tensor parallel ranks.

    ## Why
    Tensor parallelism gives each rank the same number of attention heads. If that is
    not possible, the server stops with `Total number of attention heads (28) must be
    divisible by tensor parallel size (8)`.

    The number of heads is built in for well-known models. For any other model, name its
    config.json in `facts.modelConfig`.

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
    if serving.ranks is None or known is None or not known.heads:
        return
    heads = known.heads
    model = serving.model
    for degree in serving.ranks.degrees:
        if degree.name != "tensor" or not degree.size:
            continue
        if heads % degree.size == 0:
            continue
        sizes = [str(size) for size in range(1, _LARGEST + 1) if heads % size == 0]
        yield Problem(
            degree.path,
            f"{degree} does not divide the {heads} attention heads of {model.name}",
            (Related(model.path, "the model is set here"),),
            help=f"use a tensor parallel size of {join_words(sizes, ' or ')}",
        )


_LARGEST = 16
"""The largest size that the help proposes: no node has more GPUs."""
