"""Whether a vLLM server asks its clients for a key."""

from __future__ import annotations

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.pod import Pod


def api_key(command: CommandLine, pod: Pod) -> KeyPath | None:
    """Where the key is given: as an argument or, not empty, as a variable."""
    if path := command.path("--api-key"):
        return path
    variable = pod.variable("VLLM_API_KEY")
    return variable.path if variable and variable.text != "" else None
