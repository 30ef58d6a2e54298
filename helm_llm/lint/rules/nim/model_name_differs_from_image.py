"""model-name-differs-from-image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule(
    "model-name-differs-from-image",
    Severity.WARNING,
    Confidence.LIKELY,
    charts=("nim-llm",),
)
def model_name_differs_from_image(values: Values) -> Iterator[Problem]:
    """The image serves another model than `model.name` says.

    ## Why
    A NIM image serves one model under that model's name; `model.name` does not change it, it only tells the test pods
    what to ask for. `helm test` then fails with `model meta/llama3-8b-instruct is not served`, after everything started
    well. A new image needs a new name.

    ## Bad
    ```yaml
    # chart: nim-llm
    image:
      repository: nvcr.io/nim/mistralai/mistral-7b-instruct-v03
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    image:
      repository: nvcr.io/nim/mistralai/mistral-7b-instruct-v03
    model:
      name: mistralai/mistral-7b-instruct-v0.3
    ```
    """
    name, image = (
        fields.text(values, "model", "name") or "",
        fields.text(values, "image", "repository") or "",
    )
    asked, served = _letters(name), _letters(image)
    if (
        asked
        and served
        and not (asked in served or served in asked)
        and _names_its_model(values, image)
    ):
        message = f"model.name is {name}, the image serves {image.rpartition('/')[2]}"
        yield Problem(
            ("model", "name"),
            message,
            (Related(("image", "repository"), "the image is set here"),),
        )


def _names_its_model(values: Values, image: str) -> bool:
    """Whether the image is a NIM of one model, served under its own name."""
    renamed = {
        "NIM_SERVED_MODEL_NAME",
        "NIM_MODEL_NAME",
        "NIM_PEFT_SOURCE",
    } & fields.environment(values, "env").keys()
    given = fields.switch(values, "model", "legacyCompat") is not False or values.get(
        "customCommand"
    )
    adapters = values.get("lora", "repositories")
    generic = image.rpartition("/")[2] in ("llm-nim", "vllm", "trtllm", "sglang")
    return (
        "/nim/" in image and not renamed and not given and not adapters and not generic
    )


def _letters(name: str) -> str:
    """The last segment as far as spellings agree: `llama3-8b-instruct` is Meta-Llama-3-8B-Instruct."""
    return re.sub(r"[^a-z0-9]|^meta-", "", name.rpartition("/")[2].lower())
