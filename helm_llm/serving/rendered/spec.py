"""Rendered objects -> ServingSpecs: every container that runs vLLM or a NIM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm.engines.release import Release, release
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.read import accelerators, fields, parallel
from helm_llm.serving.read.hub_cache import hub_cache
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.rendered.claims import storage
from helm_llm.serving.rendered.model import model as model_of
from helm_llm.serving.rendered.nim_service import nim_services
from helm_llm.serving.rendered.pods import pod as pod_of
from helm_llm.serving.rendered.server import Server, is_vllms, server
from helm_llm.serving.rendered.workloads import OVER_NODES, Workload, workloads
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Ranks, Resources, ServingSpec


def specs(objects: Source, facts: Facts = NO_FACTS) -> Iterator[ServingSpec]:
    """The servers among rendered objects."""
    for workload in workloads(objects):
        found = _server(objects, workload)
        if found:
            yield _spec(objects, workload, found, facts)
    yield from nim_services(objects, facts)


def _server(objects: Source, workload: Workload) -> Server | None:
    applications = fields.text(objects, workload.object, "spec", "serveConfigV2") or ""
    if workload.kind == "RayService" and "llm" in applications:
        return Server("ray")
    found = server(objects, workload.container)
    if found is None or workload.model is None:
        return found
    added = fields.words(objects, *workload.model, "args")
    return replace(found, words=(*found.words, *added))


def _spec(
    objects: Source, workload: Workload, server: Server, facts: Facts
) -> ServingSpec:
    pod = pod_of(objects, workload)
    command = _command(objects, workload, server, pod, facts)
    limits = _resources(objects, workload)
    nodes = parallel.nodes(command)
    ranks = _ranks(command, workload, server)
    cache = _cache(command, server, pod)
    shared_memory = Field(pod.has_shared_memory, (*workload.container, "volumeMounts"))
    known: CommandLine | None = None
    # What the shell replaces may be a part of any argument.
    if server.kind == "vllm" and server.is_literal:
        known = command
    return ServingSpec(
        values=objects,
        facts=facts,
        model=model_of(server, pod),
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=_pods(objects, workload),
        storage=storage(objects, workload, cache),
        shared_memory=shared_memory,
        startup=startup(pod.probes),
        command=known,
        pod=pod,
    )


def _command(
    objects: Source, workload: Workload, server: Server, pod: Pod, facts: Facts
) -> CommandLine:
    names: dict[str, KeyPath] = {}
    texts: dict[str, Field[str] | None] = {}
    for path in workload.parts:
        names |= fields.names(objects, *path, "env")
        texts |= fields.environment(objects, *path, "env")
    known = _release(pod.engine) or release(facts.vllm or "")
    return CommandLine(known, server.words, names, texts)


def _release(image: Image | None) -> Release | None:
    if image is None or image.digest:
        return None
    is_official = f"/{image.repository.value}".endswith("/vllm/vllm-openai")
    if not is_official:
        return None
    return release(image.tag.value)


def _resources(objects: Source, workload: Workload) -> Resources:
    owner = workload.container
    # An InferenceService's resources replace those of its runtime.
    if workload.model and fields.table(objects, *workload.model, "resources"):
        owner = workload.model
    found = resources(objects, (*owner, "resources"))
    if workload.kind in OVER_NODES:
        # Ray and scripts find GPUs in the other pods too.
        return replace(found, reservation=workload.pod)
    return found


def _cache(command: CommandLine, server: Server, pod: Pod) -> Field[str] | None:
    if server.kind != "vllm" or server.is_open:
        return None
    if pod.variables is None:
        return None
    home = ""
    if pod.engine and is_vllms(pod.engine.repository.value):
        # vLLM's own images run as root.
        home = "/root/.cache/huggingface"
    return hub_cache(command, command.texts, Field(home, ()))


def _ranks(command: CommandLine, workload: Workload, server: Server) -> Ranks | None:
    """The ranks in one pod.

    Unknown if Ray or a script spreads them over several, or if a variable may hold
    further arguments.
    """
    if workload.kind in OVER_NODES or server.is_open:
        return None
    if server.kind == "vllm":
        return parallel.ranks(command, Field(1, ()))
    return nim_profile.ranks(command.texts.get("NIM_MODEL_PROFILE"))


def _pods(objects: Source, workload: Workload) -> Field[int] | None:
    """The replicas that the object names; those of an autoscaler are not counted."""
    if workload.kind not in ("Deployment", "StatefulSet"):
        return None
    return fields.number(objects, workload.object, "spec", "replicas", default=1)
