"""The memory of GPUs by NVIDIA and AMD, by the names in the labels of nodes."""

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
"""Product -> its sizes, from the maker's data sheet. The driver reserves up to a tenth."""
_SLICE = re.compile(r"mig-\d+g\.(\d+)gb")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One accelerator of the pod, or a slice of one, with at most `gibibytes` of memory."""

    name: str
    gibibytes: int
    path: KeyPath


def gpu(serving: ServingSpec) -> Gpu | None:
    """The pod's GPU: the name of a MIG slice, or the node selector, else the facts."""
    product = _product(serving)
    if product is None:
        return None
    size = gibibytes(product.value)
    if size is None:
        return None
    return Gpu(product.value, size, product.path)


def _product(serving: ServingSpec) -> Field[str] | None:
    if serving.gpus is None:
        return None
    resource = str(serving.gpus.path[-1])
    if resource.startswith("nvidia.com/mig-"):
        return Field(resource, serving.gpus.path)
    if resource not in ("nvidia.com/gpu", "amd.com/gpu"):
        return None
    if selected := _selected(serving):
        return selected
    stated = serving.facts.gpu
    if not stated:
        return None
    return Field(stated, ())


def _selected(serving: ServingSpec) -> Field[str] | None:
    """The product that the node selector names."""
    if serving.pod.placement is None:
        return None
    selector = serving.pod.placement.node_selector
    for label in _LABELS:
        if label in selector.value:
            return Field(str(selector.value[label]), (*selector.path, label))
    return None


def gibibytes(product: str) -> int | None:
    """The memory of `NVIDIA-H100-80GB-HBM3`, `nvidia-tesla-t4`, `AMD_Instinct_MI300X`.

    The largest size of a product with several; of a slice, such as
    `NVIDIA-A100-SXM4-80GB-MIG-1g.10gb` or `nvidia.com/mig-1g.10gb`, that of the slice.
    """
    name = product.lower()
    if part := _SLICE.search(name):
        return int(part[1])
    # Blanks on both sides make `a10` differ from `a100`.
    words = f" {' '.join(re.split(r'[^a-z0-9]+', name))} "
    known = [model for model in _GIBIBYTES if f" {model} " in words]
    if not known:
        return None
    # `h100 nvl` is more exact than `h100`.
    sizes = _GIBIBYTES[max(known, key=len)]
    for size in sizes:
        if f" {size}gb " in words:
            return size
    return max(sizes)
