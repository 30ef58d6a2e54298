"""Where a vLLM server listens."""

from __future__ import annotations

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field

_DEFAULT = 8000


def listens(command: CommandLine, words: KeyPath = ()) -> Field[int] | None:
    """The port that the server opens.

    vLLM's default port has the path `words`: that of the arguments that lack a port.
    """
    # With a Unix socket the server opens no port.
    if command.parsed.last("--uds"):
        return None
    path = command.path("--port")
    if not path:
        if command.reads_a_file:
            return None
        return Field(_DEFAULT, words)
    port = command.value("--port")
    if not isinstance(port, int):
        return None
    return Field(port, path)


def host(command: CommandLine) -> Field[str] | None:
    """The address that the server binds, if an argument sets it."""
    address = command.value("--host")
    if not isinstance(address, str):
        return None
    return Field(address, command.path("--host"))
