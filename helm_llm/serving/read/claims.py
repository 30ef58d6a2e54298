"""Persistent volume claims: their size and access mode."""

from __future__ import annotations

import re

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

# Drivers of shared or local directories do not enforce the size of a claim.
_UNBOUNDED = re.compile("efs|nfs|local-path|hostpath")


def stated_mode(values: Source) -> Field[str] | None:
    """The access mode of `persistence`, if the user set it."""
    mode = fields.field(values, "persistence", "accessMode")
    if mode and values.is_user_set(mode.path):
        return mode
    return None


def claim_size(
    values: Source,
    claim: KeyPath,
    size: KeyPath = ("size",),
    storage_class: str = "storageClass",
) -> Field[str] | None:
    """The size of a claim, a quantity; None if its storage class ignores the size."""
    name = fields.text(values, *claim, storage_class) or ""
    if _UNBOUNDED.search(name):
        return None
    return fields.field(values, *claim, *size)
