"""One input of the fuzzer: a checkout, a command line, and what the judge has to know about them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAKE, HELM3, HELM4 = "fake", "helm3", "helm4"


@dataclass(frozen=True)
class Case:
    """What lies in the working directory and how `helm llm lint` is called there."""

    kind: str
    arguments: tuple[str, ...]
    """Those after `lint`."""
    files: Mapping[str, bytes]
    """By their path in the checkout; a path that ends in `/` is an empty directory, in `|` a FIFO."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links: path -> where they lead."""
    stdin: bytes | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    helm: str = ""
    """Which Helm: `fake` prints what `printed` holds, an empty one is for cases that do not render."""
    printed: Mapping[str, bytes] = field(default_factory=dict)
    """Of the fake Helm: `stdout`, `stderr`, `code`, and a `script` that it runs before it prints."""
    secrets: tuple[str, ...] = ()
    """Texts that must not appear in any output."""
    outputs: tuple[str, ...] = ()
    """Files that the command line asks for; no other may be written."""
    edited: tuple[str, ...] = ()
    """The user's own files that --fix may rewrite."""
    tool_fails: bool = False
    """The case itself makes a tool fail or a file unwritable, so exit code 3 is right."""
    own_process: bool = False
    """Run as a process of its own, from the start of the interpreter."""


def to_json(case: Case) -> str:
    """A case as it is saved beside its files."""
    return json.dumps(case.__dict__, default=_encoded, indent=1, sort_keys=True)


def from_json(file: Path) -> Case:
    """The case that `to_json` made this file of."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    for name in ("files", "printed"):
        found[name] = {key: _decoded(text) for key, text in found[name].items()}
    for name in ("arguments", "secrets", "outputs", "edited"):
        found[name] = tuple(found[name])
    if found["stdin"] is not None:
        found["stdin"] = _decoded(found["stdin"])
    return Case(**found)


def _encoded(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _decoded(found: Mapping[str, str]) -> bytes:
    return (
        found["text"].encode() if "text" in found else base64.b64decode(found["base64"])
    )
