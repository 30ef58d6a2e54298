"""gated-model-without-token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec import ServingSpec


@rule("gated-model-without-token", Severity.WARNING, Confidence.LIKELY)
def gated_model_without_token(serving: ServingSpec) -> Iterator[Problem]:
    """The model wants a licence to be accepted, and the download says nobody's name.

    ## Why
    The Hub gives such models to accounts that accepted their terms, and knows the account by its token. Without one the
    server stops with `Cannot access gated repo for url`, 401. Nothing is reported where another hub, or none, is asked.

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
    if model.downloads and re.match(_GATED, model.name) and not told and not elsewhere and serving.pod.lacks(*_TOKENS):
        yield Problem(model.path, f"{model.name} is gated, and no HF_TOKEN is given")


_GATED = r"meta-llama/|google/gemma-(\d+b|1\.1-|2-|3-|3n-)"
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_ELSEWHERE = ("HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_TOKEN_PATH", "VLLM_USE_MODELSCOPE", "TRANSFORMERS_OFFLINE")
