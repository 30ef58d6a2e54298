"""docker: local images, and the state of containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helm_llm import json_text, process

CHECK_SECONDS = 60
_INSPECT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Docker:
    """One docker binary."""

    binary: str

    def check(self) -> None:
        """Check that the daemon answers; raises TimedOut or CommandFailed."""
        completed = process.run(
            self.binary,
            "version",
            "--format={{.Server.Version}}",
            timeout=CHECK_SECONDS,
        )
        if completed.code:
            raise process.CommandFailed(completed)

    def has_image(self, name: str) -> bool:
        """Whether the daemon has an image."""
        # After `--` a name that begins with a dash is not a flag.
        return self._inspect("image", "--", name).code == 0

    def state(self, container: str) -> Mapping[str, object] | None:
        """Return the `State` of a container, None if there is no such container.

        It has the keys Status, ExitCode and OOMKilled.
        """
        completed = self._inspect(
            "container", "--format={{json .State}}", "--", container
        )
        return json_text.object_in(completed.stdout) if completed.code == 0 else None

    def _inspect(self, kind: str, *arguments: str) -> process.Completed:
        return process.run(
            self.binary, kind, "inspect", *arguments, timeout=_INSPECT_SECONDS
        )
