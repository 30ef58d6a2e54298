"""lora-download-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lora import sharing
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule(
    "lora-download-incomplete", Severity.ERROR, Confidence.CERTAIN, charts=("nim-llm",)
)
def lora_download_incomplete(values: Values) -> Iterator[Problem]:
    """LoRA adapters are to be downloaded, and have no directory of their own.

    ## Why
    The chart downloads each repository to a directory named after it, below the one that the NIM reads. Without that
    one the chart fails: `NIM_PEFT_SOURCE environment variable must be set.` Two repositories of one name would lie in
    one directory: the download container ends with 1, and the pod never starts.

    ## Bad
    ```yaml
    # chart: nim-llm
    lora:
      repositories: [acme/support-lora, partner/support-lora]
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    lora:
      repositories: [acme/support-lora, partner/legal-lora]
    ```
    """
    given = fields.words(values, "lora", "repositories")
    source = fields.environment(values, "env").get("NIM_PEFT_SOURCE")
    if (
        given
        and fields.text(values, "lora", "source") == ""
        and not (source and source.value)
    ):
        message = f"{len(given)} LoRA repositories, and neither lora.source nor NIM_PEFT_SOURCE says where to"
        yield Problem(
            ("lora", "source"),
            message,
            (Related(("lora", "repositories"), "they are listed here"),),
        )
    if shared := sharing(word.value for word in given):
        first, second, name = shared
        paths = {word.value: word.path for word in reversed(given)}
        message = f"{len(given)} LoRA repositories, {first} and {second} share the directory {name}"
        yield Problem(paths[second], message, (Related(paths[first], "the other one"),))
