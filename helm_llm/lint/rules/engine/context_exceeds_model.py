"""context-exceeds-model."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.architecture import architecture
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("context-exceeds-model", Severity.ERROR, Confidence.CERTAIN)
def context_exceeds_model(serving: ServingSpec) -> Iterator[Problem]:
    """The context length is longer than the model supports.

    ## Why
    The server stops with `User-specified max_model_len (2048) is greater than the
    derived max_model_len`.

    The limit is built in for well-known models. For any other model, name its
    config.json in `facts.modelConfig`. Nothing is reported when `--hf-overrides` or
    `VLLM_ALLOW_LONG_MAX_MODEL_LEN` extends the limit.

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
    if command is None or known is None or known.positions is None:
        return
    length, path = command.value("--max-model-len"), command.path("--max-model-len")
    if not isinstance(length, int) or length <= known.positions:
        return
    if _may_extend(command) or not serving.pod.lacks("VLLM_ALLOW_LONG_MAX_MODEL_LEN"):
        return
    yield Problem(
        path,
        f"--max-model-len is {length}{serving.default(path)}, "
        f"but {serving.model.name} supports {known.positions} tokens",
        (Related(serving.model.path, "the model is set here"),),
        help=f"set it to {known.positions} or less",
    )


def _may_extend(command: CommandLine) -> bool:
    """Whether arguments extend the model's context, or may do so in a file."""
    if command.reads_a_file:
        return True
    for word in command.words:
        # vLLM also accepts the dotted form: --hf-overrides.rope_scaling.factor=4.
        name = word.value.partition("=")[0].partition(".")[0]
        if name.replace("_", "-") in _EXTENDING:
            return True
    return False


_EXTENDING = ("--hf-overrides", "--rope-scaling", "--rope-theta", "--hf-config-path")
