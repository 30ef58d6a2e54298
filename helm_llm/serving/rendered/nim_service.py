"""NIMService, of which the NIM operator makes the pods."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.facts import Facts
from helm_llm.serving.charts.nim_llm import profile as nim_profile
from helm_llm.serving.read import accelerators, fields, variables
from helm_llm.serving.read.resources import resources
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod
from helm_llm.serving.spec.spec import Model, Ranks, ServingSpec, Storage
from helm_llm.values.layers import Values


def nim_services(objects: Values, facts: Facts) -> Iterator[ServingSpec]:
    """The NIMs that the operator would start."""
    for name in objects.tree:
        if name.startswith("NIMService "):
            yield _spec(objects, name, facts)


def _spec(objects: Values, name: str, facts: Facts) -> ServingSpec:
    limits, ranks = (
        resources(objects, path=(name, "spec", "resources")),
        _ranks(objects, name),
    )
    repository = Field(
        fields.text(objects, name, "spec", "image", "repository") or "",
        (name, "spec", "image", "repository"),
    )
    tag = Field(
        fields.text(objects, name, "spec", "image", "tag") or "",
        (name, "spec", "image", "tag"),
    )
    return ServingSpec(
        values=objects,
        facts=facts,
        model=Model(
            repository.value.rpartition("/")[2],
            repository.path,
            downloads=True,
            local=False,
        ),
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=ranks.total if ranks else None,
        nodes=None,
        pods=_pods(objects, name),
        storage=_storage(objects, name),
        shared_memory=Field(True, (name, "spec", "storage")),  # the operator mounts it
        startup=None,
        pod=Pod(
            images=(Image("engine", repository, tag),),
            variables=variables.listed(objects, name, "spec", "env"),
        ),
    )


def _ranks(objects: Values, name: str) -> Ranks | None:
    profile = fields.environment(objects, name, "spec", "env").get("NIM_MODEL_PROFILE")
    return nim_profile.ranks(profile) if profile else None


def _pods(objects: Values, name: str) -> Field[int] | None:
    path = (name, "spec", "replicas")
    count = fields.whole(objects, *path, default=1)
    return None if count is None else Field(count, path)


def _storage(objects: Values, name: str) -> Storage:
    claim = (name, "spec", "storage", "pvc")
    made = fields.switch(objects, *claim, "create")
    return Storage(
        shared_claim=fields.field(objects, *claim, "volumeAccessMode")
        if made
        else None,
        claim_size=fields.claim_size(objects, claim) if made else None,
        host_path=fields.field(objects, name, "spec", "storage", "hostPath"),
    )
