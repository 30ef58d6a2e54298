"""Which engine is played, and what differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from helm_llm.simulator.failure import BadSetting


@dataclass(frozen=True, slots=True)
class Personality:
    """One engine's habits; those of vLLM are the defaults."""

    name: str
    dialect: str = "vllm"
    """Which routes it has: vllm, nim or huggingface."""
    port: int = 8000
    owned_by: str = "vllm-simulated"
    needs_gpu: bool = True
    listens_early: bool = False
    """It answers 503 while it starts, instead of refusing connections."""
    generation: int = 0
    """Of NIM."""

    @property
    def is_nim_1(self) -> bool:
        """TensorRT-LLM's NIM, configured by environment variables alone."""
        return self.generation == 1


_PERSONALITIES = {
    "vllm": Personality("vllm"),
    "nim": Personality(
        "nim",
        dialect="nim",
        owned_by="system-simulated",
        listens_early=True,
        generation=1,
    ),
    "aidaptivcache": Personality("aidaptivcache"),
    "kserve-huggingface": Personality(
        "kserve-huggingface", dialect="huggingface", port=8080, owned_by="simulated"
    ),
}
_NIM_2 = replace(_PERSONALITIES["nim"], owned_by="vllm-simulated", generation=2)


def personality(
    called_as: str, environ: Mapping[str, str], nim_generation: str = "1"
) -> Personality:
    """The one the environment names, else the one that the program's name stands for."""
    name = environ.get("SIM_PERSONALITY") or called_as
    base = name.removesuffix("-cpu")
    if base not in _PERSONALITIES:
        raise BadSetting(
            f"SIM_PERSONALITY={name}: choose from {', '.join(_PERSONALITIES)}, each with or without -cpu"
        )
    chosen = _nim(environ, nim_generation) if base == "nim" else _PERSONALITIES[base]
    return replace(chosen, name=name, needs_gpu=base == name)


def _nim(environ: Mapping[str, str], default: str) -> Personality:
    generation = environ.get("SIM_NIM_GENERATION") or default
    if generation not in ("1", "2"):
        raise BadSetting(f"SIM_NIM_GENERATION={generation}: choose 1 or 2")
    return _NIM_2 if generation == "2" else _PERSONALITIES["nim"]
