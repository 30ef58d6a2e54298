"""The hardware for which an image is built, by its name."""

from __future__ import annotations

import re

from helm_llm.serving.spec.pod import Image

_WORDS = {
    "cuda": "CUDA",
    "rocm": "ROCm",
    "gaudi": "Gaudi",
    "hpu": "Gaudi",
    "tpu": "TPU",
    "xpu": "XPU",
    "neuron": "Neuron",
    "cpu": "CPU",
}
_CUDA = re.compile(r"(.*/)?vllm/vllm-openai|nvcr\.io/(nim/.*|nvidia/vllm)")
"""Repositories that contain only CUDA builds."""

USUAL = {
    "CUDA": "nvidia.com/gpu",
    "ROCm": "amd.com/gpu",
    "Gaudi": "habana.ai/gaudi",
    "TPU": "google.com/tpu",
    "XPU": "gpu.intel.com/i915",
    "Neuron": "aws.amazon.com/neuron",
}
"""The resource that a build for this hardware usually requests."""

_RESOURCES = {
    "CUDA": ("nvidia.com/", "otterscale.com/"),
    "ROCm": ("amd.com/",),
    "Gaudi": ("habana.ai/",),
    "TPU": ("google.com/tpu",),
    "XPU": ("gpu.intel.com/", "intel.com/"),
    "Neuron": ("aws.amazon.com/",),
    "CPU": (),
}


def flavour(image: Image) -> str | None:
    """CUDA, ROCm, Gaudi, TPU, XPU, Neuron or CPU; None if the name shows none or several."""
    name = f"{_without_registry(image.repository.value)}:{image.tag.value}"
    words = re.split(r"[^a-z0-9]+", name.lower())
    found = {_WORDS[word] for word in words if word in _WORDS}
    if len(found) == 1:
        return found.pop()
    if not found and _CUDA.fullmatch(image.repository.value):
        return "CUDA"
    return None


def runs_on(flavour: str, accelerator: str) -> bool:
    """Whether a build for this hardware can use the accelerator of this resource name."""
    return accelerator.startswith(_RESOURCES[flavour])


def _without_registry(repository: str) -> str:
    first, _, rest = repository.partition("/")
    if "." in first or ":" in first:
        return rest
    return repository
