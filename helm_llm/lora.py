"""The download of LoRA adapters, as the chart nim-llm does it."""

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
    """What is downloaded, where to, and with which token."""

    repositories: tuple[str, ...]
    directory: str
    memory: str
    token: str | None

    @property
    def script(self) -> str:
        """The chart's script with the repositories before it."""
        return f"LORA_REPOSITORIES={shlex.quote(chr(10).join(self.repositories))}\n{SCRIPT.read_text('utf-8')}"

    @property
    def env(self) -> dict[str, str]:
        """What the script reads besides."""
        token = {"HF_TOKEN": self.token} if self.token else {}
        home = {"HOME": "/tmp", "HF_HOME": "/tmp/hf"}  # noqa: S108
        return {
            "NIM_PEFT_SOURCE": self.directory,
            "HUB_VERSION": HUB_VERSION,
            **home,
            **token,
        }


def sharing(repositories: Iterable[str]) -> tuple[str, str, str] | None:
    """The first two repositories that would be downloaded to one directory, and its name."""
    first: dict[str, str] = {}
    for repository in repositories:
        name = repository.partition("@")[0].rpartition("/")[2]
        if name in first:
            return first[name], repository, name
        first[name] = repository
    return None
