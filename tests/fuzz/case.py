"""One input of the fuzzer: a checkout, a command line, and what the judge needs to know."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAKE, HELM3, HELM4 = "fake", "helm3", "helm4"


@dataclass(frozen=True)
class Case:
    """A working directory and the call of `helm llm lint` in it."""

    kind: str
    arguments: tuple[str, ...]
    """The arguments after `lint`."""
    files: Mapping[str, bytes]
    """Path in the checkout -> content. A path with `/` at its end is a directory, with `|` a FIFO."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links: path -> target."""
    stdin: bytes | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    helm: str = ""
    """`helm3`, `helm4`, `fake` for one that prints `printed`, or empty if the case does not render."""
    printed: Mapping[str, bytes] = field(default_factory=dict)
    """`stdout`, `stderr` and `code` of the fake Helm, and a `script` that it runs first."""
    secrets: tuple[str, ...] = ()
    """Texts that must not appear in any output."""
    outputs: tuple[str, ...] = ()
    """Files that the command line names as outputs. No other file may be written."""
    edited: tuple[str, ...] = ()
    """The user's own files that --fix may rewrite."""
    tool_fails: bool = False
    """Whether the case makes a tool fail or a file unwritable, so that exit code 3 is right."""
    own_process: bool = False
    """Whether it needs a new interpreter instead of a forked child."""


def to_json(case: Case) -> str:
    """Return a case as JSON, which is saved next to its files."""
    return json.dumps(case.__dict__, default=_encode, indent=1, sort_keys=True)


def from_json(file: Path) -> Case:
    """Return the case that `to_json` wrote."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    for name in ("files", "printed"):
        found[name] = {key: _decode(text) for key, text in found[name].items()}
    for name in ("arguments", "secrets", "outputs", "edited"):
        found[name] = tuple(found[name])
    if found["stdin"] is not None:
        found["stdin"] = _decode(found["stdin"])
    return Case(**found)


def _encode(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _decode(found: Mapping[str, str]) -> bytes:
    if "text" in found:
        return found["text"].encode()
    return base64.b64decode(found["base64"])
