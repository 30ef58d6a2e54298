"""What an engine needs before it serves: model, adapters, API key, GPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.gpus import count_gpus, require_gpus
from helm_llm.simulator.log import Log
from helm_llm.simulator.settings import Settings


def check_prerequisites(
    settings: Settings, environ: Mapping[str, str], log: Log
) -> None:
    """Raise StartFailed with the last lines of the engine's log if one is missing."""
    personality = settings.personality
    if not personality.is_nim_1:
        _check_port_variable(environ.get("VLLM_PORT", ""))
    _check_model(settings)
    _check_adapters(settings)
    if personality.dialect == "nim":
        _check_nim(settings, environ, log)
    if settings.nvme_path and not Path(settings.nvme_path).is_dir():
        raise StartFailed(
            f"[simulator] --nvme_path {settings.nvme_path} does not exist: "
            "is the drive mounted?"
        )
    if personality.needs_gpu:
        is_nim = personality.dialect == "nim"
        require_gpus(count_gpus(environ), settings.parallel, chooses_itself=is_nim)


def _check_port_variable(value: str) -> None:
    # For a Service with the name vllm, Kubernetes sets VLLM_PORT=tcp://... in every pod
    # with enableServiceLinks.
    if "://" in value:
        raise StartFailed(
            f"ValueError: VLLM_PORT '{value}' appears to be a URI. This may be caused by a Kubernetes service "
            "discovery issue,check the warning in: https://docs.vllm.ai/en/latest/configuration/env_vars.html"
        )
    if value and not value.isdecimal():
        raise StartFailed(f"ValueError: VLLM_PORT '{value}' must be a valid integer")


def _check_model(settings: Settings) -> None:
    model = settings.model
    if _is_path(model):
        if _has_any(model, "config.json", "params.json"):
            return
        if settings.empty_models and Path(model).is_dir():
            return
    elif not settings.local_models_only:
        return
    raise StartFailed(
        f"ValueError: Invalid repository ID or local directory specified: '{model}'.\n"
        "[simulator] a model directory must contain config.json or params.json"
    )


def _check_adapters(settings: Settings) -> None:
    if settings.loras and not settings.lora_enabled:
        raise StartFailed(
            "RuntimeError: LoRA is not enabled. Use --enable-lora to enable LoRA."
        )
    for lora in settings.loras:
        if _is_path(lora.path) and not _has_any(lora.path, "adapter_config.json"):
            raise StartFailed(
                f"ValueError: Loading lora {lora.name} failed: No adapter found for {lora.path}\n"
                "[simulator] the directory of an adapter must contain adapter_config.json"
            )


def _check_nim(settings: Settings, environ: Mapping[str, str], log: Log) -> None:
    if not environ.get("NGC_API_KEY"):
        if settings.personality.is_nim_1:
            raise StartFailed(
                "[simulator] NGC_API_KEY is missing: NIM needs it to download the model"
            )
        log.simulator(
            "NGC_API_KEY is missing: only an image that needs no key would start"
        )
    cache = environ.get("NIM_CACHE_PATH")
    if cache and not (Path(cache).is_dir() and os.access(cache, os.W_OK)):
        raise StartFailed(
            f"[simulator] NIM_CACHE_PATH {cache} is not a directory that uid "
            f"{os.getuid()} can write to"
        )


def _is_path(name: str) -> bool:
    return name.startswith(("/", "."))


def _has_any(directory: str, *names: str) -> bool:
    return any((Path(directory) / name).is_file() for name in names)
