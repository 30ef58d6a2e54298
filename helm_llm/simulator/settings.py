"""What one simulated engine was told, by its arguments and its environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helm_llm.engines.release import release as release_number
from helm_llm.simulator.faults import Faults, count, faults, setting, switch
from helm_llm.simulator.personality import Personality

_CONTEXT = 4096
_NESTED = (0, 10, 1)
_MODEL = "Qwen/Qwen3-0.6B"


@dataclass(frozen=True, slots=True)
class Lora:
    """A static adapter."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Parallel:
    """How many ranks the engine starts, and who starts them."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    executor: str = ""
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the server reads; nothing else looks at argv or the environment."""

    personality: Personality
    release: str
    """The version it claims to be: vLLM's, or NIM's for its first generation."""
    model: str
    served_names: tuple[str, ...]
    nim_release: str = ""
    host: str = ""
    port: int = 8000
    max_model_len: int = _CONTEXT
    loras: tuple[Lora, ...] = ()
    lora_enabled: bool = False
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    root_path: str = ""
    certificate: tuple[str, str] | None = None
    parallel: Parallel = Parallel()
    generates: bool = True
    headless: bool = False
    access_log: bool = True
    quiet_paths: frozenset[str] = frozenset()
    request_ids: bool = False
    shutdown_timeout: int = 0
    cache: Mapping[str, str] = field(default_factory=dict)
    """Settings of the KV cache, as its metric shows them."""
    nvme_path: str = ""
    local_models_only: bool = False
    empty_models: bool = False
    """Whether a directory will do in which there is no model."""
    flat_errors: bool = False
    jsonl: bool = False
    faults: Faults = field(default_factory=Faults)

    @property
    def names(self) -> tuple[str, ...]:
        """All that a request may call the model."""
        return (*self.served_names, *(lora.name for lora in self.loras))

    @property
    def fingerprint(self) -> str:
        """vLLM's, without the hash of a configuration that does not exist."""
        degrees = {
            "tp": self.parallel.tensor,
            "pp": self.parallel.pipeline,
            "dp": self.parallel.data,
        }
        engine = "nim" if self.personality.is_nim_1 else "vllm"
        return "-".join(
            [
                "simulated",
                engine,
                self.release,
                *(f"{name}{n}" for name, n in degrees.items() if n > 1),
            ]
        )


def settings(
    personality: Personality,
    release: str,
    options: Mapping[str, Any],
    environ: Mapping[str, str],
) -> Settings:
    """Put them together; `options` are vLLM's, by their long names without dashes, given ones only."""
    model, served_names = _names(personality, options, environ)
    return Settings(
        personality=personality,
        release=release,
        nim_release=nim_release(personality, environ),
        model=model,
        served_names=served_names,
        host=options.get("host") or "",
        port=_port(personality, options, environ),
        max_model_len=_context_length(options.get("max-model-len"), model),
        loras=_loras(options),
        lora_enabled=bool(options.get("enable-lora")),
        api_keys=_api_keys(personality, options, environ),
        root_path=(options.get("root-path") or "").rstrip("/"),
        certificate=_certificate(options),
        parallel=_parallel(options),
        generates=options.get("runner") != "pooling",
        headless=bool(options.get("headless")),
        access_log=not options.get("disable-uvicorn-access-log"),
        quiet_paths=frozenset(
            map(
                str.strip,
                (options.get("disable-access-log-for-endpoints") or "").split(","),
            )
        ),
        request_ids=bool(options.get("enable-request-id-headers")),
        shutdown_timeout=options.get("shutdown-timeout") or 0,
        cache=_cache(options),
        nvme_path=_nvme_path(options, environ),
        local_models_only=setting(environ, "SIM_REQUIRE_LOCAL_MODEL", switch, False),
        empty_models=setting(environ, "SIM_SKIP_MODEL", switch, False),
        flat_errors=_flat_errors(personality, release, environ),
        jsonl=personality.dialect == "nim" and environ.get("NIM_JSONL_LOGGING") == "1",
        faults=faults(environ),
    )


def nim_release(personality: Personality, environ: Mapping[str, str]) -> str:
    """The version that /v1/version of NIM shows."""
    return environ.get("SIM_NIM_RELEASE") or (
        "1.0.3" if personality.is_nim_1 else "2.0.10"
    )


def _names(
    personality: Personality, options: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    model, served = (
        options.get("model") or options.get("model-tag"),
        options.get("served-model-name"),
    )
    if personality.dialect == "huggingface":
        model, served = (
            options.get("model-id") or options.get("model-dir"),
            [options.get("model-name") or "model"],
        )
    if personality.dialect == "nim":
        default = environ.get("SIM_MODEL") or "meta/llama3-8b-instruct"
        model = (
            model
            or environ.get("NIM_MODEL_NAME")
            or environ.get("NIM_CUSTOM_MODEL_NAME")
            or default
        )
        served = served or list(
            filter(None, environ.get("NIM_SERVED_MODEL_NAME", "").split(","))
        )
    model = model or _MODEL
    return model, tuple(served or (model,))


def _port(
    personality: Personality, options: Mapping[str, Any], environ: Mapping[str, str]
) -> int:
    given = options.get("http-port" if personality.dialect == "huggingface" else "port")
    if given is None and personality.dialect == "nim":
        given = setting(
            environ,
            "NIM_SERVER_PORT",
            count,
            setting(environ, "NIM_HTTP_API_PORT", count, None),
        )
    return personality.port if given is None else given


def _context_length(given: int | None, model: str) -> int:
    if given and given > 0:
        return given
    try:
        config = (
            json.loads((Path(model) / "config.json").read_text("utf-8"))
            if model.startswith(("/", "."))
            else {}
        )
        return int(config.get("max_position_embeddings") or _CONTEXT)
    except (
        OSError,
        ValueError,
        AttributeError,
    ):  # whether the directory will do is for the start to say
        return _CONTEXT


def _loras(options: Mapping[str, Any]) -> tuple[Lora, ...]:
    return tuple(
        Lora(str(module["name"]), str(module["path"]))
        for module in options.get("lora-modules") or ()
    )


def _api_keys(
    personality: Personality, options: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[str, ...]:
    if personality.is_nim_1 or personality.dialect == "huggingface":
        return ()
    keys = options.get("api-key") or [environ.get("VLLM_API_KEY", "")]
    return tuple(filter(None, keys))


def _certificate(options: Mapping[str, Any]) -> tuple[str, str] | None:
    certificate, key = options.get("ssl-certfile"), options.get("ssl-keyfile")
    return (certificate, key or certificate) if certificate else None


def _parallel(options: Mapping[str, Any]) -> Parallel:
    return Parallel(
        tensor=options.get("tensor-parallel-size") or 1,
        pipeline=options.get("pipeline-parallel-size") or 1,
        data=options.get("data-parallel-size") or 1,
        executor=options.get("distributed-executor-backend") or "",
        nodes=options.get("nnodes") or 1,
    )


def _cache(options: Mapping[str, Any]) -> Mapping[str, str]:
    defaults = {
        "block-size": 16,
        "gpu-memory-utilization": 0.92,
        "kv-cache-dtype": "auto",
    }
    return {
        name.replace("-", "_"): str(options.get(name, default))
        for name, default in defaults.items()
    }


def _nvme_path(options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """The directory that must be there: aiDAPTIV's, if it offloads to the drive."""
    skipped = setting(environ, "SIM_SKIP_NVME", switch, False)
    return (
        ""
        if skipped or not options.get("ssd-kv-offload-gb")
        else options.get("nvme-path") or ""
    )


def _flat_errors(
    personality: Personality, release: str, environ: Mapping[str, str]
) -> bool:
    shape = environ.get("SIM_ERROR_SHAPE", "")
    if shape or personality.is_nim_1:
        return shape in ("", "flat")
    number = release_number(release)
    return number is not None and number < _NESTED
