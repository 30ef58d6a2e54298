"""engine-argument-repeated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-repeated", Severity.WARNING, Confidence.CERTAIN)
def engine_argument_repeated(serving: ServingSpec) -> Iterator[Problem]:
    """The engine gets an argument twice.

    ## Why
    The last one wins, and at most the log says so: `Found duplicate keys --max-model-len`. An argument of yours stands
    behind those that the chart makes, so a value of the chart that you set as well does nothing. `-tp` and
    `--tensor-parallel-size` are the same argument.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      maxModelLen: 4096
      additionalArgs: ["--max-model-len=8192"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      maxModelLen: 8192
    ```
    """
    for flag, loser, winner in _pairs(serving.command) if serving.command else ():
        if serving.values.user_set(loser.path) and serving.values.user_set(winner.path):
            related = (Related(loser.path, "this one does nothing"),)
            yield Problem(
                winner.path,
                f"{flag} is also set by {serving.dotted(loser.path)}: {winner.value} wins",
                related,
            )


def _pairs(command: CommandLine) -> Iterator[tuple[str, Field[str], Field[str]]]:
    """Each occurrence but the last, with the one behind it."""
    before: dict[str, Field[str]] = {}
    for given in command.parsed.given:
        name, word = given.option.name, command.word(given)
        if name in before and given.option.kind != "append":
            yield given.spelling, before[name], word
        before[name] = word
