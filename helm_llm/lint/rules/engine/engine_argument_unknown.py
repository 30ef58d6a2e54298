"""engine-argument-unknown."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.history import flag_fate
from helm_llm.engines.parser import Reason, Refusal
from helm_llm.engines.release import text
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near, surely
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-unknown", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_unknown(serving: ServingSpec) -> Iterator[Problem]:
    """The engine has no such argument.

    ## Why
    The server stops before it loads anything, `vllm: error: unrecognized arguments: --x`, and the pod restarts for
    ever. The flags are those of the release in the image's tag. Another image than vllm/vllm-openai may have flags of
    its own: there only what is nearly the name of a flag of vLLM is reported.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--cuda-graph-mode", "FULL"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      cudaGraphMode: FULL
    ```
    """
    command = serving.command
    for refusal in (
        command.refused(Reason.UNKNOWN, Reason.AMBIGUOUS, Reason.SURPLUS)
        if command
        else ()
    ):
        if command and (message := _message(command, refusal)):
            yield Problem(command.word(refusal).path, message)


def _message(command: CommandLine, refusal: Refusal) -> str | None:
    release = text(command.release) if command.release else ""
    if refusal.reason is Reason.UNKNOWN:
        return _unknown(command, refusal.flag, release)
    if not command.exact:
        return None
    if refusal.reason is Reason.AMBIGUOUS:
        return f"{refusal.flag} is the beginning of several flags of vLLM {release}: {refusal.expected}"
    return f"vLLM {release} takes no word {refusal.flag!r} here: no flag before it wants one"


def _unknown(command: CommandLine, flag: str, release: str) -> str | None:
    fate = flag_fate(flag, command.release if command.exact else None)
    if fate is None or fate.gone:
        return None
    if fate.comes:
        return f"vLLM {release} has no {flag}: it comes with {fate.comes}"
    if command.release and not command.exact:
        return None  # A release newer than what we know may have it.
    known = (name.lstrip("-") for name in command.options if name.startswith("--"))
    similar = (
        near(flag.lstrip("-"), known) if release else surely(flag.lstrip("-"), known)
    )
    meant = f", did you mean --{similar}?" if similar else ""
    if release:
        return f"vLLM {release} has no {flag}{meant}"
    return (
        f"no release of vLLM has {flag}{meant}" if similar else None
    )  # A build of one's own may have it.
