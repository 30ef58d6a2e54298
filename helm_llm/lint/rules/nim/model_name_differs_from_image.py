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
    """The model name differs from the model that the image serves.

    ## Why
    A NIM image serves one model under that model's name. `model.name` does not change
    the served model: it is only the name that the test pods request. If it is wrong,
    the server starts normally, but `helm test` fails with
    `model meta/llama3-8b-instruct is not served`. When you change the image, change the
    name too.

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
    name = fields.text(values, "model", "name") or ""
    image = fields.text(values, "image", "repository") or ""
    requested, served = _letters(name), _letters(image)
    if not requested or not served or not _names_its_model(values, image):
        return
    # Either name may have a suffix that the other lacks, such as a version.
    if requested in served or served in requested:
        return
    yield Problem(
        ("model", "name"),
        f"model.name is {name}, but the image serves {image.rpartition('/')[2]}",
        related=(Related(("image", "repository"), "the image is set here"),),
    )


def _names_its_model(values: Values, image: str) -> bool:
    """Whether the image is a NIM of one model and serves it under that model's name."""
    if "/nim/" not in image or image.rpartition("/")[2] in _GENERIC_IMAGES:
        return False
    if _RENAMING_VARIABLES & fields.environment(values, "env").keys():
        return False
    # A custom command or adapters may serve other names.
    if values.get("customCommand") or values.get("lora", "repositories"):
        return False
    return fields.switch(values, "model", "legacyCompat") is False


def _letters(name: str) -> str:
    """The last segment in a form that is the same for all spellings of a model's name.

    `meta/llama3-8b-instruct` and `Meta-Llama-3-8B-Instruct` become `llama38binstruct`.
    """
    return re.sub(r"[^a-z0-9]|^meta-", "", name.rpartition("/")[2].lower())


_GENERIC_IMAGES = ("llm-nim", "vllm", "trtllm", "sglang")
_RENAMING_VARIABLES = {"NIM_SERVED_MODEL_NAME", "NIM_MODEL_NAME", "NIM_PEFT_SOURCE"}
