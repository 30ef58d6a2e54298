"""Rendered objects -> ServingSpecs: every container that runs vLLM or a NIM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm.engines.release import Release, release
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.read import accelerators, arguments, fields, parallel
from helm_llm.serving.read.hub_cache import hub_cache
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.rendered.claims import storage
from helm_llm.serving.rendered.model import model as model_of
from helm_llm.serving.rendered.nim_service import nim_services
from helm_llm.serving.rendered.pods import pod
from helm_llm.serving.rendered.server import Server, is_vllms, server
from helm_llm.serving.rendered.workloads import OVER_NODES, Workload, workloads
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod
from helm_llm.serving.spec.spec import Ranks, ServingSpec
from helm_llm.values.layers import Values

_HOME = Field("/root/.cache/huggingface", ())
"""Of the images that vLLM makes, which run as root."""


def specs(objects: Values, facts: Facts = NO_FACTS) -> Iterator[ServingSpec]:
    """What the chart deploys."""
    for workload in workloads(objects):
        if found := _server(objects, workload):
            yield _spec(objects, workload, found, facts)
    yield from nim_services(objects, facts)


def _server(objects: Values, workload: Workload) -> Server | None:
    applications = fields.text(objects, workload.object, "spec", "serveConfigV2")
    if workload.kind == "RayService" and "llm" in (applications or ""):
        return Server("ray")
    found = server(objects, workload.container)
    added = fields.words(objects, *workload.model, "args") if workload.model else ()
    return replace(found, words=(*found.words, *added)) if found else None


def _spec(
    objects: Values, workload: Workload, server: Server, facts: Facts
) -> ServingSpec:
    made = pod(objects, workload)
    # Ray and scripts find GPUs in the other pods too.
    elsewhere = workload.pod if workload.kind in OVER_NODES else None
    limits = resources(
        objects, reservation=elsewhere, path=(*_limited(objects, workload), "resources")
    )
    flags = arguments.flags(server.words)
    command = _command(objects, workload, server, made, facts)
    nodes, model = parallel.nodes(flags), model_of(server, made)
    ranks = _ranks(objects, workload, server)
    cache = _cache(objects, workload, server, made)
    return ServingSpec(
        values=objects,
        facts=facts,
        model=model,
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=_pods(objects, workload),
        storage=storage(objects, workload, cache),
        shared_memory=_shared_memory(workload, made),
        startup=startup(made.probes),
        command=command,
        pod=made,
    )


def _cache(
    objects: Values, workload: Workload, server: Server, pod: Pod
) -> Field[str] | None:
    if server.kind != "vllm" or server.is_open or pod.variables is None:
        return None
    home = (
        _HOME if pod.engine and is_vllms(pod.engine.repository.value) else Field("", ())
    )
    return hub_cache(
        arguments.flags(server.words), _environment(objects, workload), home
    )


def _limited(objects: Values, workload: Workload) -> KeyPath:
    """An InferenceService's resources replace those of its runtime."""
    replaced = workload.model is not None and fields.table(
        objects, *workload.model, "resources"
    )
    return workload.model if workload.model and replaced else workload.container


def _command(
    objects: Values, workload: Workload, server: Server, pod: Pod, facts: Facts
) -> CommandLine | None:
    if server.kind != "vllm" or not server.is_literal:
        return None
    names: dict[str, KeyPath] = {}
    for path in filter(None, (workload.container, workload.model)):
        names |= fields.names(objects, *path, "env")
    known = _release(pod.engine) or release(facts.vllm or "")
    return CommandLine(known, server.words, names, _environment(objects, workload))


def _environment(objects: Values, workload: Workload) -> dict[str, Field[str] | None]:
    paths = filter(None, (workload.container, workload.model))
    return {
        name: text
        for path in paths
        for name, text in fields.environment(objects, *path, "env").items()
    }


def _release(image: Image | None) -> Release | None:
    official = (
        image
        and not image.digest
        and f"/{image.repository.value}".endswith("/vllm/vllm-openai")
    )
    return release(image.tag.value) if image and official else None


def _ranks(objects: Values, workload: Workload, server: Server) -> Ranks | None:
    """Of the engine in one pod; unknown where Ray or a script spreads it over several, or a variable may say it."""
    if workload.kind in OVER_NODES or server.is_open:
        return None
    if server.kind == "vllm":
        return parallel.ranks(arguments.flags(server.words), Field(1, ()))
    profile = _environment(objects, workload).get("NIM_MODEL_PROFILE")
    return nim_profile.ranks(profile) if profile else None


def _pods(objects: Values, workload: Workload) -> Field[int] | None:
    """As many as the template says; an autoscaler's are not counted."""
    if workload.kind not in ("Deployment", "StatefulSet"):
        return None
    path = (workload.object, "spec", "replicas")
    count = fields.whole(objects, *path, default=1)
    return None if count is None else Field(count, path)


def _shared_memory(workload: Workload, pod: Pod) -> Field[bool]:
    mounted = pod.mounts is None or any(mount.at == "/dev/shm" for mount in pod.mounts)  # noqa: S108
    return Field(mounted, (*workload.container, "volumeMounts"))
