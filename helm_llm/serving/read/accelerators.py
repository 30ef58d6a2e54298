"""Names of resources: which are devices that run a model, and which hold one rank each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.quantity import quantity
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Resources

_ONE_RANK_EACH = (
    "nvidia.com/gpu",
    "amd.com/gpu",
    "habana.ai/gaudi",
    "otterscale.com/vgpu",
    "aws.amazon.com/neuroncore",
)
_SEVERAL_RANKS_EACH = (
    "google.com/tpu",
    "gpu.intel.com/i915",
    "gpu.intel.com/xe",
    "intel.com/gpu",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neurondevice",
)
"""Chips with several cores or tiles, each of which the engine may see as a device."""

_ACCELERATORS = frozenset((*_ONE_RANK_EACH, *_SEVERAL_RANKS_EACH))
_MIG = "nvidia.com/mig-"
_SHARE = re.compile(
    r"(nvidia\.com/gpu|otterscale\.com/vgpu)(mem|mem-percentage|cores)|(nvidia|otterscale)\.com/priority"
)


def is_accelerator(name: str) -> bool:
    """Whether a resource is a GPU or a similar device, not a share of its memory or cores."""
    return name in _ACCELERATORS or name.startswith(_MIG)


def is_device(name: str) -> bool:
    """Whether Kubernetes counts a resource in whole numbers: its domain is not Kubernetes' own."""
    return "/" in name and "kubernetes.io/" not in name


def is_share(name: str) -> bool:
    """Whether a resource is a share of a GPU, by HAMi's names or OtterScale's."""
    return _SHARE.fullmatch(name) is not None


def cannot_overcommit(name: str) -> bool:
    """Whether request and limit must be equal, as for devices and huge pages."""
    return is_device(name) or name.startswith("hugepages-")


def accelerators(resources: Resources) -> Iterator[str]:
    """The names of the accelerators that a pod gets."""
    for name, amount in resources.limits.items():
        if is_accelerator(name) and (quantity(amount) or 0) > 0:
            yield name


def gpus(resources: Resources) -> Field[int] | None:
    """How many ranks the pod's accelerators hold.

    Unknown for two kinds, for fractions, and for chips with several cores.
    """
    names = tuple(accelerators(resources))
    if len(names) != 1 or names[0] in _SEVERAL_RANKS_EACH:
        return None
    amount = quantity(resources.limits[names[0]])
    # The API server refuses a fraction of a device.
    if amount is None or amount.denominator != 1:
        return None
    return Field(int(amount), resources.limit(names[0]))
