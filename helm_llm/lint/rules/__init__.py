"""The rule table: every rule there is, by area and id."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules import (
    aidaptiv,
    engine,
    env,
    gpu,
    housekeeping,
    image,
    kserve,
    lora,
    manifests,
    multinode,
    nim,
    probes,
    scaling,
    security,
    service,
    shm,
    storage,
    values,
)

RULES: tuple[Rule[Any], ...] = (
    *aidaptiv.RULES,
    *engine.RULES,
    *env.RULES,
    *gpu.RULES,
    *housekeeping.RULES,
    *image.RULES,
    *kserve.RULES,
    *lora.RULES,
    *manifests.RULES,
    *multinode.RULES,
    *nim.RULES,
    *probes.RULES,
    *scaling.RULES,
    *security.RULES,
    *service.RULES,
    *shm.RULES,
    *storage.RULES,
    *values.RULES,
)
