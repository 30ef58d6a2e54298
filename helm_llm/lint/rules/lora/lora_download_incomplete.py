"""lora-download-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lora import sharing
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule(
    "lora-download-incomplete",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("nim-llm",),
    refused_by="template",
)
def lora_download_incomplete(values: Values) -> Iterator[Problem]:
    """LoRA adapters have no download directory, or two of them share one.

    ## Why
    The chart downloads each repository to a directory named after it, below the
    directory that the NIM reads adapters from. If that directory is not set, the chart
    fails with `NIM_PEFT_SOURCE environment variable must be set.` Two repositories of
    the same name would share a directory: the download container exits with code 1, and
    the pod never starts.

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
    repositories = fields.words(values, "lora", "repositories")
    if repositories and _lacks_directory(values):
        yield Problem(
            ("lora", "source"),
            "LoRA adapters have no download directory: "
            "neither lora.source nor NIM_PEFT_SOURCE is set",
            (Related(("lora", "repositories"), "they are listed here"),),
        )
    if shared := sharing(word.value for word in repositories):
        first, second, directory = shared
        # Reversed: of two equal names, the path of the first one counts.
        paths = {word.value: word.path for word in reversed(repositories)}
        yield Problem(
            paths[second],
            f"LoRA repositories {first} and {second} share the directory {directory}",
            (Related(paths[first], "the other repository is listed here"),),
        )


def _lacks_directory(values: Values) -> bool:
    source = fields.environment(values, "env").get("NIM_PEFT_SOURCE")
    if source and source.value:
        return False
    return fields.text(values, "lora", "source") == ""
