"""The pod template of a Flyte task with a NIM as its sidecar.

Needs flytekit and kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flytekit import PodTemplate
from kubernetes.client import (
    V1Capabilities,
    V1Container,
    V1ContainerPort,
    V1EmptyDirVolumeSource,
    V1EnvVar,
    V1HTTPGetAction,
    V1LocalObjectReference,
    V1PodSpec,
    V1Probe,
    V1ResourceRequirements,
    V1SeccompProfile,
    V1SecurityContext,
    V1Volume,
    V1VolumeMount,
)

from helm_llm.lora import IMAGE, Adapters

_USER = 1000


@dataclass(frozen=True, slots=True)
class Server:
    """The container that serves the model."""

    image: str
    port: int
    health_path: str
    resources: Mapping[str, str]
    env: Mapping[str, str]
    shared_memory: str
    pull_secret: str


def pod_template(server: Server, adapters: Adapters | None) -> PodTemplate:
    """The template without containers, because Flyte adds the task's."""
    volumes = [
        _volume("dshm", medium="Memory", size_limit=server.shared_memory),
        _volume("cache"),
    ]
    containers = [_server(server, adapters)]
    if adapters:
        volumes += [_volume("lora"), _volume("lora-tmp")]
        containers.insert(0, _download(adapters))
    return PodTemplate(
        pod_spec=V1PodSpec(
            containers=[],
            init_containers=containers,
            volumes=volumes,
            image_pull_secrets=[V1LocalObjectReference(name=server.pull_secret)],
        )
    )


def _server(server: Server, adapters: Adapters | None) -> V1Container:
    mounts = {"dshm": "/dev/shm", "cache": "/opt/nim/.cache"}  # noqa: S108
    if adapters:
        mounts["lora"] = adapters.directory
    return V1Container(
        name="model-server",
        image=server.image,
        # A sidecar: the task starts after the startup probe has succeeded.
        restart_policy="Always",
        ports=[V1ContainerPort(container_port=server.port)],
        env=_env(server.env),
        resources=_resources(server.resources),
        startup_probe=_startup_probe(server),
        security_context=V1SecurityContext(run_as_user=_USER),
        volume_mounts=_mounts(mounts),
    )


def _startup_probe(server: Server) -> V1Probe | None:
    if not server.health_path:
        return None
    return V1Probe(
        http_get=V1HTTPGetAction(path=server.health_path, port=server.port),
        failure_threshold=100,
    )


def _download(adapters: Adapters) -> V1Container:
    return V1Container(
        name="download-loras",
        image=IMAGE,
        command=["sh", "-c", adapters.script],
        env=_env(adapters.env),
        resources=_resources({"cpu": "1", "memory": adapters.memory}),
        security_context=V1SecurityContext(
            run_as_user=_USER,
            run_as_non_root=True,
            allow_privilege_escalation=False,
            capabilities=V1Capabilities(drop=["ALL"]),
            seccomp_profile=V1SeccompProfile(type="RuntimeDefault"),
        ),
        volume_mounts=_mounts({"lora": adapters.directory, "lora-tmp": "/tmp"}),  # noqa: S108
    )


def _volume(name: str, **options: str) -> V1Volume:
    return V1Volume(name=name, empty_dir=V1EmptyDirVolumeSource(**options))


def _mounts(paths: Mapping[str, str]) -> list[V1VolumeMount]:
    return [V1VolumeMount(name=name, mount_path=path) for name, path in paths.items()]


def _env(variables: Mapping[str, str]) -> list[V1EnvVar]:
    return [V1EnvVar(name=name, value=value) for name, value in variables.items()]


def _resources(quantities: Mapping[str, str]) -> V1ResourceRequirements:
    return V1ResourceRequirements(requests=dict(quantities), limits=dict(quantities))
