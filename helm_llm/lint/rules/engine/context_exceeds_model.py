"""context-exceeds-model."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.architecture import architecture
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("context-exceeds-model", Severity.ERROR, Confidence.CERTAIN)
def context_exceeds_model(serving: ServingSpec) -> Iterator[Problem]:
    """A context is asked for that is longer than the model's own.

    ## Why
    The server stops with `User-specified max_model_len (2048) is greater than the derived max_model_len`. The positions
    of well-known models are known here; `facts.modelConfig` tells them of any other. Nothing is reported where
    `--hf-overrides` or `VLLM_ALLOW_LONG_MAX_MODEL_LEN` stretch the model.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: microsoft/DialoGPT-medium
      maxModelLen: 2048
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: microsoft/DialoGPT-medium
      maxModelLen: 1024
    ```
    """
    command, known = serving.command, architecture(serving.model, serving.facts)
    if (
        command is None
        or known is None
        or known.positions is None
        or _stretched(command)
    ):
        return
    length, path = command.value("--max-model-len"), command.path("--max-model-len")
    if (
        isinstance(length, int)
        and length > known.positions
        and serving.pod.lacks("VLLM_ALLOW_LONG_MAX_MODEL_LEN")
    ):
        given = f"--max-model-len {length}{serving.default(path)}"
        message = (
            f"{given} exceeds the {known.positions} positions of {serving.model.name}"
        )
        yield Problem(
            path, message, (Related(serving.model.path, "the model is set here"),)
        )


def _stretched(command: CommandLine) -> bool:
    """Whether the engine may use the model for longer texts than it was made for, or we do not see that."""
    flags = ("--hf-overrides", "--rope-scaling", "--rope-theta", "--hf-config-path")
    words = {
        word.value.partition("=")[0].partition(".")[0].replace("_", "-")
        for word in command.words
    }
    return command.reads_a_file or not words.isdisjoint(flags)
