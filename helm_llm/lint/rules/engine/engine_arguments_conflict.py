"""engine-arguments-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.rules.engine._conflicts import CONFLICTS, place
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-arguments-conflict", Severity.ERROR, Confidence.CERTAIN)
def engine_arguments_conflict(serving: ServingSpec) -> Iterator[Problem]:
    """Two arguments exclude each other, or one needs another.

    ## Why
    Each argument is fine by itself, so the parser accepts them; then the server stops, for example with
    `Error: --enable-auto-tool-choice requires --tool-call-parser`. Nothing is reported when `--config` names a file,
    because it may hold the missing argument.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--enable-auto-tool-choice"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--enable-auto-tool-choice", "--tool-call-parser=hermes"]
    ```
    """
    command = serving.command
    if command is None or not command.exact or command.reads_a_file:
        return
    for conflict in CONFLICTS:
        for names, message in conflict(command):
            given = (place(command, name) for name in names)
            paths = sorted(given, key=lambda path: not serving.values.user_set(path))
            yield Problem(
                paths[0],
                message,
                tuple(Related(path, "and this") for path in paths[1:]),
            )
