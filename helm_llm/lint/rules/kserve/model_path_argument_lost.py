"""model-path-argument-lost."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import DIRECTORY, over_nodes
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec

_ARGUMENTS = ("servingRuntime", "args")


@rule(
    "model-path-argument-lost",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def model_path_argument_lost(serving: ServingSpec) -> Iterator[Problem]:
    """Arguments of the runtime replace the one that names the model.

    ## Why
    A list replaces the chart's default as a whole, `--model=/mnt/models` included. vLLM then downloads its own default
    model from the Hub and serves that, not the one that KServe mounts. Arguments for the model belong to `model.args`.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    servingRuntime:
      args: [--port=8080, --max-model-len=4096]
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    model:
      args: [--max-model-len=4096]
    ```
    """
    command = serving.command
    replaced = over_nodes(serving.values) is False and serving.values.user_set(
        _ARGUMENTS
    )
    if command and replaced and not _names_a_model(command):
        words = " ".join(
            word.value for word in command.words if word.path[:2] == _ARGUMENTS
        )
        message = f'servingRuntime.args "{words}" lack the default --model={DIRECTORY}'
        yield Problem(
            _ARGUMENTS,
            message,
            help=f"add --model={DIRECTORY}, or use model.args",
            at_key=True,
        )


def _names_a_model(command: CommandLine) -> bool:
    first = command.words[0].value
    return (
        command.reads_a_file
        or command.parsed.last("--model") is not None
        or not first.startswith("-")
    )
