"""The chart nim-llm: Values -> ServingSpec."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.nim_llm import pod as nim_pod
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.charts.nim_llm.rollout import rollout
from helm_llm.serving.charts.nim_llm.storage import Variables, storage
from helm_llm.serving.read import accelerators, fields
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.replicas import AUTOSCALED, replicas
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import autoscaling
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Autoscaling
from helm_llm.serving.spec.spec import Degree, Model, Nodes, Ranks, ServingSpec
from helm_llm.values.layers import Values

_IMAGE = ("image", "repository")


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    variables = fields.environment(values, "env")
    model = _model(values, variables)
    given = resources(values)
    multi_node = fields.switch(values, "multiNode", "enabled")
    ranks = _ranks(values, variables)
    pod = nim_pod.pod(values, variables, probed=_probed(values, multi_node=multi_node))
    return ServingSpec(
        values=values,
        facts=facts,
        model=model,
        resources=given,
        gpus=accelerators.gpus(given),
        ranks=ranks,
        # On several nodes a launcher starts as many ranks per pod as gpusPerNode says, whatever the profile wants.
        ranks_per_pod=ranks.total if ranks and multi_node is False else None,
        nodes=_nodes(values) if multi_node else None,
        pods=_pods(values, multi_node=multi_node),
        storage=storage(values, model, variables, multi_node=multi_node),
        shared_memory=Field(True, ("sharedMemory",)),
        startup=startup(pod.probes),
        pod=pod,
        autoscaling=_autoscaling(values, multi_node=multi_node),
        rollout=rollout(values) if multi_node is False else None,
        exposures=tuple(exposures(values)),
        authenticated=False,  # a NIM asks for no key
    )


def _model(values: Values, variables: Variables) -> Model:
    named = variables.get("NIM_MODEL_NAME", Field("", ()))
    profile = variables.get("NIM_MODEL_PROFILE")
    if named is None or named.value.startswith("/"):
        return Model(
            named.value if named else "",
            named.path if named else _IMAGE,
            downloads=False,
            local=True,
        )
    image = (fields.text(values, *_IMAGE) or "").rpartition("/")[2]
    downloads = bool(image) and not is_simulator(values)
    told = profile.value if profile else ""
    return Model(
        named.value or image, named.path or _IMAGE, downloads, local=False, profile=told
    )


def _ranks(values: Values, variables: Variables) -> Ranks | None:
    legacy = fields.switch(values, "model", "legacyCompat")
    if legacy:
        number = fields.whole(values, "model", "numGpus")
        return (
            Ranks((Degree("tensor", number, ("model", "numGpus")),)) if number else None
        )
    profile = variables.get("NIM_MODEL_PROFILE")
    return nim_profile.ranks(profile) if profile and legacy is False else None


def _nodes(values: Values) -> Nodes | None:
    workers, slots = ("multiNode", "workers"), ("multiNode", "gpusPerNode")
    count, gpus = fields.whole(values, *workers), fields.whole(values, *slots)
    if count is None or gpus is None:
        return None
    switch, kind = (
        ("multiNode", "enabled"),
        "LeaderWorkerSet" if _leader_worker_set(values) else "MPIJob",
    )
    scaled = fields.switch(values, *AUTOSCALED)
    unscaled = (Field(True, AUTOSCALED),) if scaled and kind == "MPIJob" else ()
    return Nodes(Field(count, workers), Field(gpus, slots), switch, kind, unscaled)


def _pods(values: Values, *, multi_node: bool | None) -> Field[int] | None:
    if multi_node is False:
        return replicas(values)
    groups, nodes = replicas(values, scaled=_leader_worker_set(values)), _nodes(values)
    if multi_node is None or groups is None or nodes is None:
        return None
    path = nodes.count.path if nodes.count.value > 1 else groups.path
    return Field(groups.value * nodes.count.value, path)


def _probed(values: Values, *, multi_node: bool | None) -> bool | None:
    return (
        multi_node
        if multi_node is None
        else not multi_node or _leader_worker_set(values)
    )


def _autoscaling(values: Values, *, multi_node: bool | None) -> Autoscaling | None:
    """An MPIJob never gets one."""
    return autoscaling(values, {}) if _probed(values, multi_node=multi_node) else None


def _leader_worker_set(values: Values) -> bool:
    """Else an MPIJob, whose pods have neither autoscaler nor probes."""
    return fields.switch(values, "multiNode", "leaderWorkerSet", "enabled") is True
