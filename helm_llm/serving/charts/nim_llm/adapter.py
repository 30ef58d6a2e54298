"""The chart nim-llm: Values -> ServingSpec."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.charts.nim_llm.nodes import Topology, nodes, pods, topology
from helm_llm.serving.charts.nim_llm.pod import pod as pod_of
from helm_llm.serving.charts.nim_llm.rollout import rollout
from helm_llm.serving.charts.nim_llm.storage import Variables, storage
from helm_llm.serving.read import accelerators, fields
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import autoscaling
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Degree, Model, Ranks, ServingSpec

_IMAGE = ("image", "repository")
_GPUS = ("model", "numGpus")


def spec(values: Source, facts: Facts = NO_FACTS) -> ServingSpec:
    """The server that the chart renders with these values."""
    variables = fields.environment(values, "env")
    model = _model(values, variables)
    limits = resources(values)
    kind = topology(values)
    ranks = _ranks(values, variables)
    pod = pod_of(values, variables, kind)
    return ServingSpec(
        values=values,
        facts=facts,
        model=model,
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=_ranks_per_pod(ranks, kind),
        nodes=nodes(values, kind),
        pods=pods(values, kind),
        storage=storage(values, model, variables, kind),
        shared_memory=Field(True, ("sharedMemory",)),
        startup=startup(pod.probes),
        pod=pod,
        # An MPIJob never gets an autoscaler.
        autoscaling=None if kind in (None, "MPIJob") else autoscaling(values, {}),
        rollout=rollout(values) if kind == "single node" else None,
        exposures=tuple(exposures(values)),
        # A NIM does not check keys.
        authenticated=False,
    )


def _ranks_per_pod(ranks: Ranks | None, kind: Topology | None) -> int | None:
    # On several nodes a launcher starts gpusPerNode ranks in each pod, regardless of
    # the profile.
    if ranks is None or kind != "single node":
        return None
    return ranks.total


def _model(values: Source, variables: Variables) -> Model:
    named = variables.get("NIM_MODEL_NAME", Field("", ()))
    # A Secret or field holds the name, so nothing is known of the model.
    if named is None:
        return Model("", _IMAGE, downloads=False, local=True)
    if named.value.startswith("/"):
        return Model(named.value, named.path, downloads=False, local=True)
    image = (fields.text(values, *_IMAGE) or "").rpartition("/")[2]
    profile = variables.get("NIM_MODEL_PROFILE")
    return Model(
        named.value or image,
        named.path or _IMAGE,
        downloads=bool(image) and not is_simulator(values),
        local=False,
        profile=profile.value if profile else "",
    )


def _ranks(values: Source, variables: Variables) -> Ranks | None:
    legacy = fields.switch(values, "model", "legacyCompat")
    if legacy is None:
        return None
    if legacy:
        number = fields.whole(values, *_GPUS)
        if not number:
            return None
        return Ranks((Degree("tensor", number, _GPUS),))
    return nim_profile.ranks(variables.get("NIM_MODEL_PROFILE"))
