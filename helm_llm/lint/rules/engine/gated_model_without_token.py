"""gated-model-without-token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("gated-model-without-token", Severity.WARNING, Confidence.LIKELY)
def gated_model_without_token(serving: ServingSpec) -> Iterator[Problem]:
    """The model is gated and the pod has no Hugging Face token.

    ## Why
    The Hugging Face Hub serves a gated model only to accounts that accepted its terms,
    and it identifies the account by a token. Without a token the server stops with
    `Cannot access gated repo for url` and status 401.

    Nothing is reported when the pod uses another hub or works offline, or when it
    mounts existing storage that may already contain the model.

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
    model = serving.model
    if not model.downloads or not re.match(_GATED, model.name):
        return
    if serving.command is None or _has_other_access(serving.command):
        return
    if _may_be_cached(serving) or not serving.pod.lacks(*_TOKENS):
        return
    yield Problem(model.path, f"{model.name} is gated, but HF_TOKEN is not set")


def _has_other_access(command: CommandLine) -> bool:
    """Whether the engine may get a token, or the model, in another way."""
    if command.reads_a_file or command.parsed.last("--hf-token"):
        return True
    return not command.variables.keys().isdisjoint(_ELSEWHERE)


def _may_be_cached(serving: ServingSpec) -> bool:
    """Whether the cache is on a volume that may have contents before the first start.

    A claim that the chart creates starts empty, and so does an emptyDir.
    """
    cache, pod = serving.storage.cache, serving.pod
    mount = holder(cache.value, pod.mounts or ()) if cache else None
    if mount is None or serving.storage.claim_size is not None:
        return False
    return not any(
        volume.name == mount.volume and volume.kind == "emptyDir"
        for volume in pod.volumes or ()
    )


_GATED = r"meta-llama/|google/gemma-(\d+b|1\.1-|2-|3-|3n-)"
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_ELSEWHERE = (
    "HF_ENDPOINT",
    "HF_HUB_OFFLINE",
    "HF_TOKEN_PATH",
    "VLLM_USE_MODELSCOPE",
    "TRANSFORMERS_OFFLINE",
)
