"""Where a vLLM server listens."""

from __future__ import annotations

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field

_DEFAULT = 8000


def listens(command: CommandLine, words: KeyPath = ()) -> Field[int] | None:
    """The port it opens; without an argument its own default, which has the path of the words that lack it."""
    if command.parsed.last("--uds") or (
        command.reads_a_file and not command.path("--port")
    ):
        return None
    port = command.value("--port") if command.path("--port") else _DEFAULT
    return (
        Field(port, command.path("--port") or words) if isinstance(port, int) else None
    )


def host(command: CommandLine) -> Field[str] | None:
    """The address it binds, if an argument says so."""
    address = command.value("--host")
    return Field(address, command.path("--host")) if isinstance(address, str) else None
