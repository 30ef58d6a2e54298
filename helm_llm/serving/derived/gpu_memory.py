"""Products of NVIDIA and AMD and their memory, by the names that nodes are labelled with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec

_LABELS = (
    "nvidia.com/gpu.product",
    "cloud.google.com/gke-accelerator",
    "amd.com/gpu.product-name",
)

_GIBIBYTES: dict[str, tuple[int, ...]] = {
    "a2": (16,),
    "a10": (24,),
    "a10g": (24,),
    "a16": (16,),
    "a30": (24,),
    "a40": (48,),
    "a100": (40, 80),
    "a800": (40, 80),
    "b200": (192,),
    "b300": (288,),
    "gb200": (192,),
    "gb300": (288,),
    "gh200": (96, 144),
    "h20": (96, 141),
    "h100": (80, 94),
    "h100 nvl": (94,),
    "h200": (141,),
    "h800": (80, 94),
    "l2": (24,),
    "l4": (24,),
    "l20": (48,),
    "l40": (48,),
    "l40s": (48,),
    "p4": (8,),
    "p40": (24,),
    "p100": (12, 16),
    "t4": (16,),
    "v100": (16, 32),
    "v100s": (32,),
    "rtx 3090": (24,),
    "rtx 4090": (24,),
    "rtx 5090": (32,),
    "rtx 6000 ada": (48,),
    "rtx a4000": (16,),
    "rtx a5000": (24,),
    "rtx a6000": (48,),
    "rtx pro 6000": (96,),
    "mi100": (32,),
    "mi210": (64,),
    "mi250": (128,),
    "mi250x": (128,),
    "mi300a": (128,),
    "mi300x": (192,),
    "mi308x": (192,),
    "mi325x": (256,),
    "mi350x": (288,),
    "mi355x": (288,),
}
"""The sizes a product is sold with, from its maker's data sheet; the driver keeps up to a tenth of it."""
_SLICE = re.compile(r"mig-\d+g\.(\d+)gb")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One accelerator of the pod, or a slice of one. `gibibytes`: no less than it has."""

    name: str
    gibibytes: int
    path: KeyPath


def gpu(serving: ServingSpec) -> Gpu | None:
    """What the pod runs on: the name of a MIG slice tells, or the node selector, else the facts."""
    named = _named(serving)
    size = gibibytes(named.value) if named else None
    return Gpu(named.value, size, named.path) if named and size else None


def _named(serving: ServingSpec) -> Field[str] | None:
    resource = str(serving.gpus.path[-1]) if serving.gpus else ""
    if serving.gpus and resource.startswith("nvidia.com/mig-"):
        return Field(resource, serving.gpus.path)
    if resource not in ("nvidia.com/gpu", "amd.com/gpu"):
        return None
    selector, stated = (
        serving.pod.placement and serving.pod.placement.node_selector,
        serving.facts.gpu,
    )
    label = (
        next((label for label in _LABELS if label in selector.value), None)
        if selector
        else None
    )
    if selector and label:
        return Field(str(selector.value[label]), (*selector.path, label))
    return Field(stated, ()) if stated else None


def gibibytes(product: str) -> int | None:
    """The memory of `NVIDIA-H100-80GB-HBM3`, `nvidia-tesla-t4`, `AMD_Instinct_MI300X`; of several sizes the largest.

    Of a slice (`NVIDIA-A100-SXM4-80GB-MIG-1g.10gb`, `nvidia.com/mig-1g.10gb`) its own.
    """
    name = product.lower()
    if part := _SLICE.search(name):
        return int(part[1])
    words = f" {' '.join(re.split(r'[^a-z0-9]+', name))} "
    known = [model for model in _GIBIBYTES if f" {model} " in words]
    sizes = _GIBIBYTES[max(known, key=len)] if known else ()
    return next(
        (size for size in sizes if f" {size}gb " in words), max(sizes, default=None)
    )
