"""docker: which images are there, what became of a container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helm_llm import json_text, process

CHECK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Docker:
    """One docker binary."""

    binary: str

    def check(self) -> None:
        """Ask the daemon for its version: TimedOut or CommandFailed where it does not answer."""
        completed = process.run(
            self.binary,
            "version",
            "--format={{.Server.Version}}",
            timeout=CHECK_SECONDS,
        )
        if completed.code:
            raise process.CommandFailed(completed)

    def has_image(self, name: str) -> bool:
        """Whether the daemon holds an image."""
        return (
            process.run(self.binary, "image", "inspect", "--", name, timeout=120).code
            == 0
        )

    def state(self, container: str) -> dict[str, Any] | None:
        """`State` of a container: Status, ExitCode, OOMKilled; None when there is no such container."""
        inspect = ("container", "inspect", "--format={{json .State}}", "--", container)
        completed = process.run(self.binary, *inspect, timeout=120)
        return json_text.object_in(completed.stdout) if completed.code == 0 else None
