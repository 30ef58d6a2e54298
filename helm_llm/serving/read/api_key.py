"""Whether a vLLM server requires a key from its clients."""

from __future__ import annotations

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.pod import Pod


def api_key(command: CommandLine, pod: Pod) -> KeyPath | None:
    """The path of the key: an argument or a variable that is not empty."""
    if path := command.path("--api-key"):
        return path
    variable = pod.variable("VLLM_API_KEY")
    # vLLM ignores an empty variable. A text that a Secret holds is None.
    if variable is None or variable.text == "":
        return None
    return variable.path
