"""engine-arguments-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.rules.engine._conflicts import CONFLICTS, source_path
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-arguments-conflict", Severity.ERROR, Confidence.CERTAIN)
def engine_arguments_conflict(serving: ServingSpec) -> Iterator[Problem]:
    """Two arguments cannot be combined, or one needs another.

    ## Why
    Each argument is valid by itself, so the parser accepts it. Then the server stops,
    for example with `Error: --enable-auto-tool-choice requires --tool-call-parser`.

    Nothing is reported when `--config` names a file, because the missing argument may
    be in that file.

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
            paths = [source_path(command, name) for name in names]
            # The user's own values first: they are the ones to change.
            paths.sort(key=lambda path: not serving.values.is_user_set(path))
            others = (Related(path, "conflicts with this value") for path in paths[1:])
            yield Problem(paths[0], message, tuple(others))
