"""The download of LoRA adapters, with the script of the chart nim-llm."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

IMAGE = "python:3.12-alpine"
HUB_VERSION = "2.4.0"
SCRIPT = Path(__file__).with_name("download_loras.sh")


@dataclass(frozen=True, slots=True)
class Adapters:
    """Repositories of adapters, where they are downloaded to, and with which token."""

    repositories: tuple[str, ...]
    directory: str
    memory: str
    token: str | None

    @property
    def script(self) -> str:
        """The chart's script, preceded by the repositories."""
        repositories = shlex.quote("\n".join(self.repositories))
        return f"LORA_REPOSITORIES={repositories}\n{SCRIPT.read_text('utf-8')}"

    @property
    def env(self) -> dict[str, str]:
        """The other variables that the script reads."""
        variables = {
            "NIM_PEFT_SOURCE": self.directory,
            "HUB_VERSION": HUB_VERSION,
            "HOME": "/tmp",  # noqa: S108
            "HF_HOME": "/tmp/hf",  # noqa: S108
        }
        if self.token:
            variables["HF_TOKEN"] = self.token
        return variables


def sharing(repositories: Iterable[str]) -> tuple[str, str, str] | None:
    """The first two repositories with the same directory, and that directory's name."""
    first: dict[str, str] = {}
    for repository in repositories:
        name = repository.partition("@")[0].rpartition("/")[2]
        if name in first:
            return first[name], repository, name
        first[name] = repository
    return None
