"""gated-model-without-token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import ServingSpec


@rule("gated-model-without-token", Severity.WARNING, Confidence.LIKELY)
def gated_model_without_token(serving: ServingSpec) -> Iterator[Problem]:
    """The model wants a licence to be accepted, and the download says nobody's name.

    ## Why
    The Hub gives such models to accounts that accepted their terms, and knows the account by its token. Without one the
    server stops with `Cannot access gated repo for url`, 401. Nothing is reported where another hub, or none, is asked,
    nor where a claim of yours may already hold the model.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: meta-llama/Llama-3.1-8B-Instruct
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: meta-llama/Llama-3.1-8B-Instruct
    huggingfaceToken:
      existingSecret: hugging-face
    ```
    """
    model, command = serving.model, serving.command
    told = command is None or command.reads_a_file or command.parsed.last("--hf-token")
    elsewhere = command and not command.variables.keys().isdisjoint(_ELSEWHERE)
    known = (
        told or elsewhere or _may_be_there(serving) or not serving.pod.lacks(*_TOKENS)
    )
    if model.downloads and re.match(_GATED, model.name) and not known:
        yield Problem(model.path, f"{model.name} is gated, and no HF_TOKEN is given")


def _may_be_there(serving: ServingSpec) -> bool:
    """Whether the cache lies on a volume that the chart does not make: what is there needs no token."""
    cache, pod = serving.storage.cache, serving.pod
    mount = holder(cache.value, pod.mounts or ()) if cache else None
    empty = mount and any(
        one.name == mount.volume and one.kind == "emptyDir" for one in pod.volumes or ()
    )
    return mount is not None and not empty and serving.storage.claim_size is None


_GATED = r"meta-llama/|google/gemma-(\d+b|1\.1-|2-|3-|3n-)"
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_ELSEWHERE = (
    "HF_ENDPOINT",
    "HF_HUB_OFFLINE",
    "HF_TOKEN_PATH",
    "VLLM_USE_MODELSCOPE",
    "TRANSFORMERS_OFFLINE",
)
