"""Rendered objects -> ServingSpecs: every container that runs vLLM or a NIM."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.engines.release import Release, release
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath
from helm_llm.layers import Values
from helm_llm.serving import accelerators, arguments, nim_profile, parallel, readers
from helm_llm.serving.command_line import CommandLine
from helm_llm.serving.hub_cache import hub_cache
from helm_llm.serving.pod import Image, Pod
from helm_llm.serving.probe import startup
from helm_llm.serving.rendered.claims import storage
from helm_llm.serving.rendered.nim_service import nim_services
from helm_llm.serving.rendered.pods import pod
from helm_llm.serving.rendered.server import Server, server
from helm_llm.serving.rendered.workloads import OVER_NODES, Workload, workloads
from helm_llm.serving.resources import resources
from helm_llm.serving.spec import Field, Model, Ranks, ServingSpec

_HOME = Field("/root/.cache/huggingface", ())
"""Of the images of vLLM, which run as root."""


def specs(objects: Values, facts: Facts = NO_FACTS) -> Iterator[ServingSpec]:
    """What the chart deploys."""
    for workload in workloads(objects):
        if found := _server(objects, workload):
            yield _spec(objects, workload, found, facts)
    yield from nim_services(objects, facts)


def _server(objects: Values, workload: Workload) -> Server | None:
    if workload.kind == "RayService" and "llm" in (
        readers.text(objects, workload.object, "spec", "serveConfigV2") or ""
    ):
        return Server("ray")
    found = server(objects, workload.container)
    added = readers.words(objects, *workload.model, "args") if workload.model else ()
    return Server(found.kind, (*found.words, *added), found.complete) if found else None


def _spec(objects: Values, workload: Workload, server: Server, facts: Facts) -> ServingSpec:
    made = pod(objects, workload)
    # Ray and scripts find GPUs in the other pods too.
    elsewhere = workload.pod if workload.kind in OVER_NODES else None
    limits = resources(objects, reservation=elsewhere, path=(*_limited(objects, workload), "resources"))
    flags = arguments.flags(server.words)
    command = _command(objects, workload, server, made, facts)
    nodes, model = parallel.nodes(flags), _model(server, made)
    ranks = _ranks(objects, workload, server)
    told = server.kind == "vllm" and made.variables is not None
    cache = hub_cache(flags, _environment(objects, workload), _HOME) if told else None
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


def _limited(objects: Values, workload: Workload) -> KeyPath:
    """An InferenceService's resources replace those of its runtime."""
    replaced = workload.model is not None and readers.table(objects, *workload.model, "resources")
    return workload.model if workload.model and replaced else workload.container


def _command(objects: Values, workload: Workload, server: Server, pod: Pod, facts: Facts) -> CommandLine | None:
    if server.kind != "vllm" or not server.complete:
        return None
    names: dict[str, KeyPath] = {}
    for path in filter(None, (workload.container, workload.model)):
        names |= readers.names(objects, *path, "env")
    known = _release(pod.engine) or release(facts.vllm or "")
    return CommandLine(known, server.words, names, _environment(objects, workload))


def _environment(objects: Values, workload: Workload) -> dict[str, Field[str] | None]:
    paths = filter(None, (workload.container, workload.model))
    return {name: text for path in paths for name, text in readers.environment(objects, *path, "env").items()}


def _release(image: Image | None) -> Release | None:
    official = image and not image.digest and f"/{image.repository.value}".endswith("/vllm/vllm-openai")
    return release(image.tag.value) if image and official else None


def _model(server: Server, pod: Pod) -> Model:
    if server.kind == "ray":
        return Model("", (), downloads=False, local=False)
    if server.kind == "nim":
        repository = pod.engine.repository if pod.engine else Field("", ())
        return Model(repository.value.rpartition("/")[2], repository.path, downloads=True, local=False)
    named = _after(server, "--model") or _first(server)
    on_disk = named.value.startswith("/")
    elsewhere = re.match(r"[a-z0-9]+://", named.value) is not None or "$" in named.value
    return Model(named.value, named.path, downloads=bool(named.value) and not on_disk and not elsewhere, local=on_disk)


def _after(server: Server, flag: str) -> Field[str] | None:
    """The last value of a flag, in a word of its own or behind `=`."""
    found = None
    for index, word in enumerate(server.words, 1):
        if word.value.startswith(f"{flag}="):
            found = Field(word.value.partition("=")[2], word.path)
        elif word.value == flag:
            found = next(iter(server.words[index:]), None)
    return found


def _first(server: Server) -> Field[str]:
    first = next(iter(server.words), Field("", ()))
    return first if not first.value.startswith("-") else Field("", ())


def _ranks(objects: Values, workload: Workload, server: Server) -> Ranks | None:
    """Of the engine in one pod; unknown where Ray or a script spreads it over several."""
    if workload.kind in OVER_NODES:
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
    count = readers.whole(objects, *path, default=1)
    return None if count is None else Field(count, path)


def _shared_memory(workload: Workload, pod: Pod) -> Field[bool]:
    mounted = pod.mounts is None or any(mount.at == "/dev/shm" for mount in pod.mounts)  # noqa: S108
    return Field(mounted, (*workload.container, "volumeMounts"))
