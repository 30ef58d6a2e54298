"""The engines that the simulator plays, and the differences between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from helm_llm.simulator.failure import BadSetting

Dialect: TypeAlias = Literal["vllm", "nim", "huggingface"]
"""Which routes and settings an engine has."""
Engine: TypeAlias = Literal["vllm", "nim", "aidaptivcache", "kserve-huggingface"]


@dataclass(frozen=True, slots=True)
class Personality:
    """Behavior of one engine. The defaults are vLLM's."""

    name: str
    """An Engine, or an Engine with `-cpu`."""
    engine: Engine
    dialect: Dialect = "vllm"
    port: int = 8000
    owned_by: str = "vllm-simulated"
    needs_gpu: bool = True
    listens_early: bool = False
    """Answers with 503 while it starts, instead of refusing connections."""
    generation: Literal[0, 1, 2] = 0
    """Generation of NIM, 0 for other engines."""

    @property
    def is_nim_1(self) -> bool:
        """NIM with TensorRT-LLM, which is configured by environment variables alone."""
        return self.generation == 1


_NIM = Personality(
    "nim",
    "nim",
    dialect="nim",
    owned_by="system-simulated",
    listens_early=True,
    generation=1,
)
_NIM_2 = replace(_NIM, owned_by="vllm-simulated", generation=2)
_PERSONALITIES = {
    "vllm": Personality("vllm", "vllm"),
    "nim": _NIM,
    "aidaptivcache": Personality("aidaptivcache", "aidaptivcache"),
    "kserve-huggingface": Personality(
        "kserve-huggingface",
        "kserve-huggingface",
        dialect="huggingface",
        port=8080,
        owned_by="simulated",
    ),
}


def choose_personality(
    called_as: Engine, environ: Mapping[str, str], nim_generation: str = "1"
) -> Personality:
    """The personality in SIM_PERSONALITY, or the one of the program that was called."""
    name = environ.get("SIM_PERSONALITY") or called_as
    engine = name.removesuffix("-cpu")
    if engine not in _PERSONALITIES:
        raise BadSetting(
            f"SIM_PERSONALITY={name}: choose from {', '.join(_PERSONALITIES)}, "
            "each with or without -cpu"
        )
    chosen = _PERSONALITIES[engine]
    if chosen is _NIM and _choose_generation(environ, nim_generation) == "2":
        chosen = _NIM_2
    return replace(chosen, name=name, needs_gpu=engine == name)


def _choose_generation(environ: Mapping[str, str], default: str) -> str:
    generation = environ.get("SIM_NIM_GENERATION") or default
    if generation not in ("1", "2"):
        raise BadSetting(f"SIM_NIM_GENERATION={generation}: choose 1 or 2")
    return generation
