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
    """Your runtime arguments replace the one that names the model.

    ## Why
    A list in your values replaces the chart's whole default list, including
    `--model=/mnt/models`. vLLM then downloads its own default model from the Hub and
    serves that instead of the model that KServe mounts. Put arguments for the model
    into `model.args`.

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
    command, values = serving.command, serving.values
    if over_nodes(values) is not False or not values.is_user_set(_ARGUMENTS):
        return
    if command is None or _names_a_model(command):
        return
    words = [word.value for word in command.words if word.path[:2] == _ARGUMENTS]
    yield Problem(
        _ARGUMENTS,
        f'servingRuntime.args "{" ".join(words)}" replaces the default list '
        f"but does not contain --model={DIRECTORY}",
        help=f"add --model={DIRECTORY}, or use model.args",
        at_key=True,
    )


def _names_a_model(command: CommandLine) -> bool:
    if command.reads_a_file or command.parsed.last("--model") is not None:
        return True
    return not command.words[0].value.startswith("-")
