"""Simulation: the chart as it is, around an engine that only answers like the real one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helm_llm import __version__
from helm_llm.errors import UsageError
from helm_llm.harness.expected_pods import Template, templates
from helm_llm.harness.server_in_pod import serving_container
from helm_llm.lint.targets.target import Target
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import is_accelerator, is_device
from helm_llm.set_option import Option
from helm_llm.typed import Object, mapping, mappings, sequence, text
from helm_llm.values.layers import Values
from helm_llm.writing import write_all

GPUS_PER_NODE = 8


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a chart takes its engine's image and environment from, and its test pods their image."""

    environment: tuple[str, ...]
    images: tuple[str, ...] = ("image.repository",)
    tests: str = "tests.image"
    model: tuple[str, ...] = ()
    """The value that names the model, where the chart does not tell its engine."""
    variables: tuple[tuple[str, str], ...] = ()
    """What the engine has to do without, because nothing in a test cluster brings it."""
    settings: tuple[tuple[str, str], ...] = ()
    """Values that name what a test cluster does not have."""
    source: tuple[str, ...] = ()
    """The value that says where the model is fetched from; of all the ways, a test cluster can bring a claim."""


SEATS: Mapping[str, Seat] = {
    "vllm": Seat(("vllm", "env")),
    "nim-llm": Seat(("env",), model=("model", "name")),
    "aidaptivcache": Seat(
        ("vllm", "extraEnv"),
        images=("image.repository", "initContainer.image.repository"),
        variables=(("SIM_SKIP_NVME", "1"),),
        settings=(("schedulerName", ""),),
    ),
    "kserve-vllm": Seat(
        ("model", "env"),
        images=("image.image",),
        variables=(("SIM_SKIP_MODEL", "1"),),
        settings=(
            ("model.mode", "uri"),
            ("resources.requests.cpu", "10m"),
            ("resources.requests.memory", "32Mi"),
        ),
        source=("model", "uri"),
    ),
}


def simulator_image() -> str:
    """The image that stands in for the engine."""
    return (
        os.environ.get("HELM_LLM_SIMULATOR_IMAGE")
        or f"helm-llm/simulator:{__version__}"
    )


def curl_image() -> str:
    """The image of the test pods."""
    return os.environ.get("HELM_LLM_CURL_IMAGE") or f"helm-llm/curl:{__version__}"


def simulated(
    target: Target, values: Values, objects: Sequence[Object], scratch: Path
) -> Target:
    """The same values, but with the simulator; its settings come after the user's own."""
    seat = SEATS.get(values.chart.name)
    if seat is None:
        known = ", ".join(SEATS)
        raise UsageError(
            f"--simulate knows where {known} take their image from; chart {values.chart.name} it does not"
        )
    overlay: Any = _environment(seat, values, objects)
    for key in reversed(seat.environment):
        overlay = {key: overlay}
    write_all([(scratch, yaml.safe_dump(overlay))])
    settings = (*_images(seat, values), *seat.settings, *_source(seat, values))
    options = tuple(
        Option("--set-literal", f"{path}={value}") for path, value in settings
    )
    return Target(
        target.chart, (*target.files, str(scratch)), (*target.options, *options)
    )


def _images(seat: Seat, values: Values) -> Iterator[tuple[str, str]]:
    repository, _, tag = simulator_image().rpartition(":")
    for path in seat.images:
        image = path.rpartition(".")[0]
        yield from (
            (path, repository),
            (f"{image}.tag", tag),
            (f"{image}.pullPolicy", "IfNotPresent"),
        )
        if values.get(*image.split("."), "digest"):
            yield f"{image}.digest", ""
    yield seat.tests, curl_image()


def _source(seat: Seat, values: Values) -> Iterator[tuple[str, str]]:
    if seat.source and not str(values.get(*seat.source)).startswith("pvc://"):
        yield ".".join(seat.source), "pvc://simulated-model"


def _environment(seat: Seat, values: Values, objects: Sequence[Object]) -> list[Any]:
    """The user's list and what the simulator has to know; Helm replaces lists, so both stand in one."""
    given = sequence(values.tree, *seat.environment)
    names = {text(entry, "name") for entry in given}
    ours = {"SIM_GPUS": str(gpus(objects)), **dict(seat.variables)}
    if seat.model:
        ours["SIM_MODEL"] = str(values.get(*seat.model))
    return [
        *given,
        *(
            {"name": name, "value": value}
            for name, value in ours.items()
            if name not in names
        ),
    ]


def gpus(objects: Sequence[Object]) -> int:
    """The accelerators the engine's container is limited to; without any it sees all of the node's."""
    return max(map(_limit, templates(objects)), default=0) or GPUS_PER_NODE


def _limit(template: Template) -> int:
    limits = mapping(serving_container(template.spec), "resources", "limits")
    return sum(
        int(quantity(amount) or 0)
        for name, amount in limits.items()
        if is_accelerator(name)
    )


def extended_resources(objects: Sequence[Object]) -> dict[str, int]:
    """What the nodes have to offer for these pods to be scheduled: at least eight of each, and always GPUs."""
    wanted: dict[str, int] = {"nvidia.com/gpu": 0}
    for template in templates(objects):
        for container in mappings(template.spec, "containers"):
            for name, amount in mapping(container, "resources", "limits").items():
                if is_device(name):
                    wanted[name] = (
                        wanted.get(name, 0)
                        + int(quantity(amount) or 0) * template.count
                    )
    return {name: max(amount, GPUS_PER_NODE) for name, amount in wanted.items()}
