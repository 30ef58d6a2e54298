"""NVIDIA NIM with the constructor of Flyte's inference plugin.

One object gives both the values of the chart nim-llm and the pod template of a Flyte
task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helm_llm.lora import Adapters, sharing

if TYPE_CHECKING:
    from flytekit import PodTemplate

_REGISTRY = "nvcr.io/nim/"
_HEALTH = "/v1/health/ready"
_SETTINGS = ("NGC_API_KEY", "NIM_CACHE_PATH", "NIM_LOG_LEVEL", "NIM_JSONL_LOGGING")
"""Variables for which the chart has separate values."""


@dataclass(frozen=True)
class NIMSecrets:
    """Names of Secrets and of keys in them. A group is the name of a Secret."""

    ngc_image_secret: str
    ngc_secret_key: str
    secrets_prefix: str
    ngc_secret_group: str | None = None
    hf_token_group: str | None = None
    hf_token_key: str | None = None

    def variable(self, group: str | None, key: str) -> str:
        """A reference to the environment variable in which Flyte passes a secret."""
        prefix = self.secrets_prefix
        if group:
            prefix += f"{group}_"
        return f"$({prefix}{key})".upper()


class NIM:
    """One NIM: `values` for the chart nim-llm, `pod_template` for a Flyte task."""

    def __init__(
        self,
        secrets: NIMSecrets,
        image: str = "nvcr.io/nim/meta/llama3-8b-instruct:1.0.0",
        health_endpoint: str | None = "v1/health/ready",
        port: int = 8000,
        cpu: float | str = 1,
        gpu: int | str = 1,
        mem: str = "20Gi",
        shm_size: str = "16Gi",
        env: dict[str, Any] | None = None,
        hf_repo_ids: Sequence[str] | None = None,
        lora_adapter_mem: str | None = None,
        *,
        ephemeral_storage: str | None = None,
    ) -> None:
        _require_secrets(secrets)
        if env and not isinstance(env, dict):
            raise ValueError("env must be a dict.")
        self._secrets = secrets
        self._image = image
        self._health_endpoint = health_endpoint
        self._port = port
        self._cpu = cpu
        self._gpu = gpu
        self._mem = mem
        self._shm_size = shm_size
        self._env = {name: _text(value) for name, value in (env or {}).items()}
        self._hf_repo_ids = tuple(hf_repo_ids or ())
        self._lora_adapter_mem = lora_adapter_mem or ""
        self._ephemeral_storage = ephemeral_storage
        if self._hf_repo_ids:
            self._require_lora()

    def _require_lora(self) -> None:
        if not self._lora_adapter_mem:
            raise ValueError(
                "Memory to allocate to download LoRA adapters must be set."
            )
        if not self._env.get("NIM_PEFT_SOURCE"):
            raise ValueError("NIM_PEFT_SOURCE environment variable must be set.")
        if shared := sharing(self._hf_repo_ids):
            first, second, directory = shared
            raise ValueError(
                f"LoRA repositories {first} and {second} would share the directory {directory}."
            )

    @property
    def base_url(self) -> str:
        """The address of the server for the task."""
        return f"http://localhost:{self._port}"

    @property
    def values(self) -> dict[str, Any]:
        """Values of the chart nim-llm; a new dict each time."""
        return {
            "image": _image(self._image),
            "imagePullSecrets": [{"name": self._secrets.ngc_image_secret}],
            "resources": {"requests": self._resources(), "limits": self._resources()},
            "env": [
                {"name": name, "value": value}
                for name, value in self._chart_env().items()
            ],
            "sharedMemory": {"sizeLimit": self._shm_size},
            "model": self._model(),
            "persistence": {"enabled": False},
            "service": {"openaiPort": self._port},
            **self._probes(),
            **self._lora(),
        }

    def to_yaml(self) -> str:
        """The values as the text of a values file."""
        from helm_llm.document.dumper import dump

        return dump(self.values)

    @cached_property
    def pod_template(self) -> PodTemplate:
        """The server as a sidecar of a Flyte task.

        Always the same object, so that a user can add to it.
        """
        try:
            from helm_llm.flyte import Server, pod_template
        except ImportError as error:
            raise ImportError(
                f"pod_template needs `pip install 'helm-llm[flyte]'`: {error}"
            ) from error
        secrets = self._secrets
        key = secrets.variable(secrets.ngc_secret_group, secrets.ngc_secret_key)
        env = dict(self._env)
        env.pop("NGC_API_KEY", None)
        env["NGC_API_KEY"] = key
        server = Server(
            image=self._image,
            port=self._port,
            health_path=self._health_path(),
            resources=self._resources(),
            env=env,
            shared_memory=self._shm_size,
            pull_secret=secrets.ngc_image_secret,
        )
        return pod_template(server, self._adapters())

    def _adapters(self) -> Adapters | None:
        if not self._hf_repo_ids:
            return None
        secrets = self._secrets
        token: str | None = None
        if secrets.hf_token_key:
            token = secrets.variable(secrets.hf_token_group, secrets.hf_token_key)
        return Adapters(
            self._hf_repo_ids,
            self._env["NIM_PEFT_SOURCE"],
            self._lora_adapter_mem,
            token,
        )

    def _health_path(self) -> str:
        if not self._health_endpoint:
            return ""
        return f"/{self._health_endpoint.lstrip('/')}"

    def _resources(self) -> dict[str, str]:
        amounts = {
            "cpu": str(self._cpu),
            "memory": str(self._mem),
            "nvidia.com/gpu": str(self._gpu),
        }
        if self._ephemeral_storage:
            amounts["ephemeral-storage"] = str(self._ephemeral_storage)
        return amounts

    def _model(self) -> dict[str, Any]:
        secrets, env = self._secrets, self._env
        model: dict[str, Any] = {
            "nimCache": env.get("NIM_CACHE_PATH") or "/opt/nim/.cache",
            "openaiPort": self._port,
            "ngcAPISecret": secrets.ngc_secret_group or "ngc-api",
            "ngcAPISecretKey": secrets.ngc_secret_key,
        }
        if name := self._model_name():
            model["name"] = name
        if level := env.get("NIM_LOG_LEVEL"):
            model["logLevel"] = level.upper()
        if logging := env.get("NIM_JSONL_LOGGING"):
            model["jsonLogging"] = logging.lower() in ("1", "true")
        if secrets.hf_token_key:
            model["hfTokenSecret"] = secrets.hf_token_group or "hf-token"
            model["hfTokenSecretKey"] = secrets.hf_token_key
        return model

    def _model_name(self) -> str:
        """The server's name for the model; empty if the image does not show it."""
        names = self._env.get("NIM_SERVED_MODEL_NAME", "")
        if first := names.partition(",")[0].strip():
            return first
        repository = _image(self._image)["repository"]
        if not repository.startswith(_REGISTRY):
            return ""
        return repository.removeprefix(_REGISTRY)

    def _chart_env(self) -> dict[str, str]:
        settings = (*_SETTINGS, "NIM_PEFT_SOURCE") if self._hf_repo_ids else _SETTINGS
        return {
            name: value for name, value in self._env.items() if name not in settings
        }

    def _probes(self) -> dict[str, Any]:
        path = self._health_path()
        if not path:
            return {"startupProbe": {"enabled": False}}
        startup = {
            "path": path,
            "initialDelaySeconds": 0,
            "periodSeconds": 10,
            "failureThreshold": 100,
        }
        probes = {"startupProbe": startup, "readinessProbe": {"path": path}}
        # The chart's default suits an image with the usual readiness path.
        if path != _HEALTH:
            probes["livenessProbe"] = {"path": path}
        return probes

    def _lora(self) -> dict[str, Any]:
        adapters = self._adapters()
        if not adapters:
            return {}
        repositories = list(adapters.repositories)
        return {
            "lora": {
                "repositories": repositories,
                "source": adapters.directory,
                "memory": adapters.memory,
            }
        }


def _require_secrets(secrets: NIMSecrets) -> None:
    required = {
        "NGC image pull secret": secrets.ngc_image_secret,
        "NGC secret key": secrets.ngc_secret_key,
        "Secrets prefix": secrets.secrets_prefix,
    }
    for what, given in required.items():
        if given is None:
            raise ValueError(f"{what} must be provided.")


def _text(value: object) -> str:
    """The value of an environment variable, which must be a string in Kubernetes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _image(image: str) -> dict[str, str]:
    name, _, digest = image.partition("@")
    repository, _, tag = name.rpartition(":")
    # Without a colon, or with only the one before a registry's port, there is no tag.
    if not repository or "/" in tag:
        repository, tag = name, ""
    if not tag and not digest:
        tag = "latest"
    parts = {"repository": repository, "tag": tag, "digest": digest}
    return {key: part for key, part in parts.items() if part}
