"""NIMService objects, for which the NIM operator creates pods."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.facts import Facts
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.read import accelerators, fields, parallel, variables
from helm_llm.serving.read.claims import claim_size
from helm_llm.serving.read.image import repository_and_tag
from helm_llm.serving.read.resources import resources
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Model, Ranks, ServingSpec, Storage


def nim_services(objects: Source, facts: Facts) -> Iterator[ServingSpec]:
    """The NIMs that the operator would start."""
    for name in objects.tree:
        if name.startswith("NIMService "):
            yield _spec(objects, name, facts)


def _spec(objects: Source, name: str, facts: Facts) -> ServingSpec:
    image = repository_and_tag(objects, "engine", name, "spec", "image")
    limits = resources(objects, (name, "spec", "resources"))
    ranks = _ranks(objects, name)
    return ServingSpec(
        values=objects,
        facts=facts,
        model=_model(image),
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, None),
        nodes=None,
        pods=_pods(objects, name),
        storage=_storage(objects, name),
        # The operator mounts shared memory in every pod.
        shared_memory=Field(True, (name, "spec", "storage")),
        startup=None,
        pod=Pod(
            images=(image,),
            variables=variables.listed(objects, name, "spec", "env"),
        ),
    )


def _model(image: Image) -> Model:
    name = image.repository.value.rpartition("/")[2]
    return Model(name, image.repository.path, downloads=True, local=False)


def _ranks(objects: Source, name: str) -> Ranks | None:
    variables = fields.environment(objects, name, "spec", "env")
    return nim_profile.ranks(variables.get("NIM_MODEL_PROFILE"))


def _pods(objects: Source, name: str) -> Field[int] | None:
    return fields.number(objects, name, "spec", "replicas", default=1)


def _storage(objects: Source, name: str) -> Storage:
    host_path = fields.field(objects, name, "spec", "storage", "hostPath")
    claim = (name, "spec", "storage", "pvc")
    if not fields.switch(objects, *claim, "create"):
        return Storage(host_path=host_path)
    return Storage(
        shared_claim=fields.field(objects, *claim, "volumeAccessMode"),
        claim_size=claim_size(objects, claim),
        host_path=host_path,
    )
