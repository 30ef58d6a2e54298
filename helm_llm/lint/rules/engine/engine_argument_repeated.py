"""engine-argument-repeated."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-repeated", Severity.WARNING, Confidence.CERTAIN)
def engine_argument_repeated(serving: ServingSpec) -> Iterator[Problem]:
    """The engine gets the same argument twice.

    ## Why
    The last one takes precedence. At most, the log mentions it:
    `Found duplicate keys --max-model-len`. Your own arguments come after those that the
    chart generates, so a value of the chart for the same argument has no effect. `-tp`
    and `--tensor-parallel-size` are the same argument.

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
    if serving.command is None:
        return
    is_user_set = serving.values.is_user_set
    for flag, loser, winner in _pairs(serving.command):
        # A chart's default that the user overrides in this way is not a mistake.
        if not is_user_set(loser.path) or not is_user_set(winner.path):
            continue
        yield Problem(
            winner.path,
            f"{flag} is also set by {serving.dotted(loser.path)}: "
            f"{winner.value} takes precedence",
            (Related(loser.path, "this value has no effect"),),
            help="keep only one of them",
        )


def _pairs(command: CommandLine) -> Iterator[tuple[str, Field[str], Field[str]]]:
    """Each repetition of an argument: its spelling, the previous word, this word."""
    previous: dict[str, Field[str]] = {}
    for given in command.parsed.given:
        option = given.option
        name = option.name
        word = command.word(given)
        # Flags of kind `append` collect the values of all their repetitions.
        if name in previous and option.kind != "append":
            yield given.spelling, previous[name], word
        previous[name] = word
