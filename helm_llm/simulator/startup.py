"""What must be there before an engine serves: its model, its adapters, its key, its GPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.gpus import require_gpus, visible_gpus
from helm_llm.simulator.log import Log
from helm_llm.simulator.settings import Settings


def check(settings: Settings, environ: Mapping[str, str], log: Log) -> None:
    """Raise StartFailed with the end of the log that the engine would leave."""
    if not settings.personality.is_nim_1:
        _check_port_variable(environ.get("VLLM_PORT", ""))
    _check_model(settings)
    _check_adapters(settings)
    if settings.personality.dialect == "nim":
        _check_nim(settings, environ, log)
    if settings.nvme_path and not Path(settings.nvme_path).is_dir():
        raise StartFailed(
            f"[simulator] --nvme_path {settings.nvme_path} is not there: is the drive mounted?"
        )
    if settings.personality.needs_gpu:
        nim = settings.personality.dialect == "nim"
        require_gpus(visible_gpus(environ), settings.parallel, chooses_itself=nim)


def _check_port_variable(value: str) -> None:
    """A Service called vllm makes Kubernetes set this variable, unless the pod wants no such links."""
    if "://" in value:
        raise StartFailed(
            f"ValueError: VLLM_PORT '{value}' appears to be a URI. This may be caused by a Kubernetes service "
            "discovery issue,check the warning in: https://docs.vllm.ai/en/latest/configuration/env_vars.html"
        )
    if value and not value.isdecimal():
        raise StartFailed(f"ValueError: VLLM_PORT '{value}' must be a valid integer")


def _check_model(settings: Settings) -> None:
    local = _is_path(settings.model)
    if local and (
        _has(settings.model, "config.json", "params.json") or _may_be_empty(settings)
    ):
        return
    if local or settings.local_models_only:
        raise StartFailed(
            f"ValueError: Invalid repository ID or local directory specified: '{settings.model}'.\n"
            "[simulator] a model directory holds config.json or params.json"
        )


def _may_be_empty(settings: Settings) -> bool:
    return settings.empty_models and Path(settings.model).is_dir()


def _check_adapters(settings: Settings) -> None:
    if settings.loras and not settings.lora_enabled:
        raise StartFailed(
            "RuntimeError: LoRA is not enabled. Use --enable-lora to enable LoRA."
        )
    for lora in settings.loras:
        if _is_path(lora.path) and not _has(lora.path, "adapter_config.json"):
            raise StartFailed(
                f"ValueError: Loading lora {lora.name} failed: No adapter found for {lora.path}\n"
                "[simulator] an adapter's directory holds adapter_config.json"
            )


def _check_nim(settings: Settings, environ: Mapping[str, str], log: Log) -> None:
    if not environ.get("NGC_API_KEY"):
        if settings.personality.is_nim_1:
            raise StartFailed(
                "[simulator] NGC_API_KEY is missing: NIM cannot fetch its model without it"
            )
        log.simulator(
            "NGC_API_KEY is missing: only an image that needs no key would start"
        )
    cache = environ.get("NIM_CACHE_PATH")
    if cache and not (Path(cache).is_dir() and os.access(cache, os.W_OK)):
        raise StartFailed(
            f"[simulator] NIM_CACHE_PATH {cache} is no directory that uid {os.getuid()} can write"
        )


def _is_path(name: str) -> bool:
    return name.startswith(("/", "."))


def _has(directory: str, *names: str) -> bool:
    return any((Path(directory) / name).is_file() for name in names)
