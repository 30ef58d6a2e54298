"""engine-argument-unknown."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.history import flag_fate
from helm_llm.engines.parser import Reason, Refusal
from helm_llm.engines.release import release_text
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import certain_match, near
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-unknown", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_unknown(serving: ServingSpec) -> Iterator[Problem]:
    """The engine does not have this argument.

    ## Why
    The server stops before it loads anything, with
    `vllm: error: unrecognized arguments: --x`, and the pod keeps restarting.

    Arguments are checked against the vLLM release in the image's tag. An image other
    than vllm/vllm-openai may have more flags, so only likely misspellings of a vLLM
    flag are reported for it.

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
    if command is None:
        return
    for refusal in command.refused(*_REASONS):
        if message := _message(command, refusal):
            yield Problem(command.word(refusal).path, message)


_REASONS = (Reason.UNKNOWN, Reason.AMBIGUOUS, Reason.SURPLUS)


def _message(command: CommandLine, refusal: Refusal) -> str | None:
    release = ""
    if command.release:
        release = release_text(command.release)
    flag = refusal.flag
    if refusal.reason is Reason.UNKNOWN:
        return _unknown_flag(command, flag, release)
    if not command.exact:
        return None
    if refusal.reason is Reason.AMBIGUOUS:
        return f"{flag} is ambiguous in vLLM {release}: it matches {refusal.expected}"
    return (
        f"vLLM {release} does not expect {flag!r} here: no flag takes it as its value"
    )


def _unknown_flag(command: CommandLine, flag: str, release: str) -> str | None:
    tables_release = None
    if command.exact:
        tables_release = command.release
    fate = flag_fate(flag, tables_release)
    # Removed flags belong to engine-argument-removed.
    if fate is None or fate.gone:
        return None
    if fate.comes:
        return f"vLLM {release} does not have {flag}, which was added in {fate.comes}"
    # A release that is newer than the flag tables may have the flag.
    if command.release and not command.exact:
        return None
    # A single dash would count as a typing error.
    word = flag.lstrip("-")
    known = [name.lstrip("-") for name in command.options if name.startswith("--")]
    if release:
        message = f"vLLM {release} does not have {flag}"
        similar = near(word, known)
        if similar:
            message += f", did you mean --{similar}?"
        return message
    # Without a release the image may be a custom build with more flags.
    similar = certain_match(word, known)
    if similar is None:
        return None
    return f"no release of vLLM has {flag}, did you mean --{similar}?"
