"""Settings of one simulated engine, from its arguments and its environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from helm_llm.engines.release import release as release_number
from helm_llm.simulator.faults import (
    Faults,
    parse_count,
    parse_switch,
    read_faults,
    read_setting,
)
from helm_llm.simulator.personality import Personality

Options: TypeAlias = "Mapping[str, Any]"
Environ: TypeAlias = "Mapping[str, str]"

_CONTEXT = 4096
_NESTED = (0, 10, 1)
"""The release of vLLM that nested the errors."""
_MODEL = "Qwen/Qwen3-0.6B"
_NIM_MODEL = "meta/llama3-8b-instruct"


@dataclass(frozen=True, slots=True)
class Lora:
    """A static adapter."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Parallel:
    """Numbers of ranks that the engine starts, and how it starts them."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    executor: str = ""
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the server reads; it looks at neither argv nor the environment."""

    personality: Personality
    release: str
    """The version it claims to be: vLLM's, or NIM's for the first generation of NIM."""
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
    """Files of the certificate and its key."""
    parallel: Parallel = Parallel()
    generates: bool = True
    """False for pooling models, which have no routes for text."""
    headless: bool = False
    access_log: bool = True
    quiet_paths: frozenset[str] = frozenset()
    """Paths that the access log leaves out."""
    request_ids: bool = False
    shutdown_timeout: int = 0
    cache: Mapping[str, str] = field(default_factory=dict)
    """Settings of the KV cache, as the labels of its metric."""
    nvme_path: str = ""
    local_models_only: bool = False
    empty_models: bool = False
    """Whether the directory of a model may be empty."""
    flat_errors: bool = False
    jsonl: bool = False
    faults: Faults = field(default_factory=Faults)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that a request may use for the model."""
        adapters = [lora.name for lora in self.loras]
        return (*self.served_names, *adapters)

    @property
    def fingerprint(self) -> str:
        """vLLM's system_fingerprint, without the hash of a configuration."""
        degrees = {
            "tp": self.parallel.tensor,
            "pp": self.parallel.pipeline,
            "dp": self.parallel.data,
        }
        engine = "vllm"
        if self.personality.is_nim_1:
            engine = "nim"
        parts = ["simulated", engine, self.release]
        for name, degree in degrees.items():
            if degree > 1:
                parts.append(f"{name}{degree}")
        return "-".join(parts)


def read_settings(
    personality: Personality, release: str, options: Options, environ: Environ
) -> Settings:
    """Settings for these options, which have long names without dashes."""
    model, served_names = _model_names(personality, options, environ)
    max_model_len = options.get("max-model-len")
    is_nim = personality.dialect == "nim"
    return Settings(
        personality=personality,
        release=release,
        nim_release=choose_nim_release(personality, environ),
        model=model,
        served_names=served_names,
        host=options.get("host") or "",
        port=_port(personality, options, environ),
        max_model_len=_context_length(max_model_len, model),
        loras=_loras(options),
        lora_enabled=bool(options.get("enable-lora")),
        api_keys=_api_keys(personality, options, environ),
        root_path=(options.get("root-path") or "").rstrip("/"),
        certificate=_certificate(options),
        parallel=_parallel(options),
        generates=options.get("runner") != "pooling",
        headless=bool(options.get("headless")),
        access_log=not options.get("disable-uvicorn-access-log"),
        quiet_paths=_quiet_paths(options),
        request_ids=bool(options.get("enable-request-id-headers")),
        shutdown_timeout=options.get("shutdown-timeout") or 0,
        cache=_cache_settings(options),
        nvme_path=_nvme_path(options, environ),
        local_models_only=_is_on(environ, "SIM_REQUIRE_LOCAL_MODEL"),
        empty_models=_is_on(environ, "SIM_SKIP_MODEL"),
        flat_errors=_has_flat_errors(personality, release, environ),
        jsonl=is_nim and environ.get("NIM_JSONL_LOGGING") == "1",
        faults=read_faults(environ),
    )


def choose_nim_release(personality: Personality, environ: Environ) -> str:
    """The version that NIM's /v1/version shows."""
    release = environ.get("SIM_NIM_RELEASE")
    if release:
        return release
    if personality.is_nim_1:
        return "1.0.3"
    return "2.0.10"


def _is_on(environ: Environ, name: str) -> bool:
    return read_setting(environ, name, parse_switch, False)


def _model_names(
    personality: Personality, options: Options, environ: Environ
) -> tuple[str, tuple[str, ...]]:
    """The model, and the names under which it is served."""
    if personality.dialect == "huggingface":
        # KServe's runtime has other flags for the model and its name.
        model = options.get("model-id") or options.get("model-dir") or _MODEL
        return model, (options.get("model-name") or "model",)
    model = options.get("model") or options.get("model-tag")
    served = options.get("served-model-name")
    if personality.dialect == "nim":
        model = model or _nim_model(environ)
        names = environ.get("NIM_SERVED_MODEL_NAME", "").split(",")
        served = served or [name for name in names if name]
    model = model or _MODEL
    return model, tuple(served or (model,))


def _nim_model(environ: Environ) -> str:
    for variable in ("NIM_MODEL_NAME", "NIM_CUSTOM_MODEL_NAME", "SIM_MODEL"):
        if model := environ.get(variable):
            return model
    return _NIM_MODEL


def _port(personality: Personality, options: Options, environ: Environ) -> int:
    name = "port"
    # KServe's runtime has a second port for gRPC.
    if personality.dialect == "huggingface":
        name = "http-port"
    given = options.get(name)
    if given is None and personality.dialect == "nim":
        default = read_setting(environ, "NIM_HTTP_API_PORT", parse_count, None)
        given = read_setting(environ, "NIM_SERVER_PORT", parse_count, default)
    if given is None:
        return personality.port
    return int(given)


def _context_length(given: int | None, model: str) -> int:
    if given and given > 0:
        return given
    if not model.startswith(("/", ".")):
        return _CONTEXT
    try:
        text = (Path(model) / "config.json").read_text("utf-8")
        config = json.loads(text)
        return int(config.get("max_position_embeddings") or _CONTEXT)
    except (OSError, ValueError, AttributeError):
        return _CONTEXT  # the start reports a directory without a model


def _loras(options: Options) -> tuple[Lora, ...]:
    loras = []
    for module in options.get("lora-modules") or ():
        lora = Lora(name=str(module["name"]), path=str(module["path"]))
        loras.append(lora)
    return tuple(loras)


def _api_keys(
    personality: Personality, options: Options, environ: Environ
) -> tuple[str, ...]:
    if personality.is_nim_1 or personality.dialect == "huggingface":
        return ()
    # The option wins over the variable.
    keys = options.get("api-key") or [environ.get("VLLM_API_KEY", "")]
    return tuple(filter(None, keys))


def _certificate(options: Options) -> tuple[str, str] | None:
    certificate = options.get("ssl-certfile")
    if not certificate:
        return None
    # One file may contain both.
    return certificate, options.get("ssl-keyfile") or certificate


def _parallel(options: Options) -> Parallel:
    return Parallel(
        tensor=options.get("tensor-parallel-size") or 1,
        pipeline=options.get("pipeline-parallel-size") or 1,
        data=options.get("data-parallel-size") or 1,
        executor=options.get("distributed-executor-backend") or "",
        nodes=options.get("nnodes") or 1,
    )


def _quiet_paths(options: Options) -> frozenset[str]:
    paths: str = options.get("disable-access-log-for-endpoints") or ""
    return frozenset(map(str.strip, paths.split(",")))


def _cache_settings(options: Options) -> Mapping[str, str]:
    defaults = {
        "block-size": 16,
        "gpu-memory-utilization": 0.92,
        "kv-cache-dtype": "auto",
    }
    labels = {}
    for name, default in defaults.items():
        label = name.replace("-", "_")
        value = options.get(name, default)
        labels[label] = str(value)
    return labels


def _nvme_path(options: Options, environ: Environ) -> str:
    """The directory to which aiDAPTIV offloads the KV cache, empty without offloading."""
    if _is_on(environ, "SIM_SKIP_NVME"):
        return ""
    if not options.get("ssd-kv-offload-gb"):
        return ""
    return options.get("nvme-path") or ""


def _has_flat_errors(personality: Personality, release: str, environ: Environ) -> bool:
    shape = environ.get("SIM_ERROR_SHAPE", "")
    if shape:
        return shape == "flat"
    if personality.is_nim_1:
        return True
    number = release_number(release)
    return number is not None and number < _NESTED
