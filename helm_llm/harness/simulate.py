"""Simulation: the chart unchanged, with a simulated engine in place of the real one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from helm_llm import __version__
from helm_llm.errors import UsageError
from helm_llm.harness.expected_pods import expected_pods
from helm_llm.harness.server_in_pod import serving_container
from helm_llm.lint.targets.target import Target
from helm_llm.quantity import quantity
from helm_llm.serving import CHARTS
from helm_llm.serving.charts.knowledge import Simulation
from helm_llm.serving.read.accelerators import is_accelerator, is_device
from helm_llm.set_option import SetOption
from helm_llm.typed import Object, mapping, mappings, sequence, text
from helm_llm.values.layers import Values
from helm_llm.writing import write_all

GPUS_PER_NODE = 8


def simulator_image() -> str:
    """The image that replaces the engine."""
    image = os.environ.get("HELM_LLM_SIMULATOR_IMAGE")
    return image or f"helm-llm/simulator:{__version__}"


def curl_image() -> str:
    """The image of the test pods."""
    return os.environ.get("HELM_LLM_CURL_IMAGE") or f"helm-llm/curl:{__version__}"


def simulate_chart(
    target: Target, values: Values, objects: Sequence[Object], scratch: Path
) -> Target:
    """Return the target with the simulator, by settings that override the user's.

    `scratch` is the values file to write.
    """
    chart = CHARTS.get(values.chart.name)
    if chart is None:
        known = ", ".join(CHARTS)
        raise UsageError(
            f"--simulate supports the charts {known}, but not {values.chart.name}"
        )
    simulation = chart.simulation
    overlay: object = _environment(simulation, values, objects)
    for key in reversed(simulation.environment):
        overlay = {key: overlay}
    # --set cannot append to a list, so the variables are in a values file.
    write_all([(scratch, yaml.safe_dump(overlay))])
    settings = [*_image_settings(simulation, values), *simulation.settings]
    if simulation.source and not str(values.get(*simulation.source)).startswith(
        "pvc://"
    ):
        settings.append((".".join(simulation.source), "pvc://simulated-model"))
    options = [
        SetOption("--set-literal", f"{path}={value}") for path, value in settings
    ]
    return Target(
        target.chart, (*target.files, str(scratch)), (*target.options, *options)
    )


def _image_settings(
    simulation: Simulation, values: Values
) -> Iterator[tuple[str, str]]:
    repository, _, tag = simulator_image().rpartition(":")
    for path in simulation.images:
        image = path.rpartition(".")[0]
        yield path, repository
        yield f"{image}.tag", tag
        yield f"{image}.pullPolicy", "IfNotPresent"
        # A digest would take precedence over the tag.
        if values.get(*image.split("."), "digest"):
            yield f"{image}.digest", ""
    yield simulation.tests, curl_image()


def _environment(
    simulation: Simulation, values: Values, objects: Sequence[Object]
) -> list[object]:
    """The user's variables and those of the simulator.

    One list contains both, because Helm replaces lists instead of merging them.
    """
    variables: list[object] = list(sequence(values.tree, *simulation.environment))
    names = {text(entry, "name") for entry in variables}
    simulator = {"SIM_GPUS": str(gpus_per_pod(objects)), **dict(simulation.variables)}
    if simulation.model:
        simulator["SIM_MODEL"] = str(values.get(*simulation.model))
    for name, value in simulator.items():
        if name not in names:
            variables.append({"name": name, "value": value})
    return variables


def gpus_per_pod(objects: Sequence[Object]) -> int:
    """Accelerators the engine may use; without a limit, all of its node."""
    # All pods of a chart run the same engine, so the largest limit counts.
    gpus = 0
    for pods in expected_pods(objects):
        container = serving_container(pods.spec)
        limits = mapping(container, "resources", "limits")
        accelerators = filter(is_accelerator, limits)
        gpus = max(gpus, sum(_amount(limits[name]) for name in accelerators))
    return gpus or GPUS_PER_NODE


def extended_resources(objects: Sequence[Object]) -> dict[str, int]:
    """Resources the nodes must offer to schedule the pods: at least eight of each.

    GPUs are always among them.
    """
    resources: dict[str, int] = {"nvidia.com/gpu": 0}
    for pods in expected_pods(objects):
        for container in mappings(pods.spec, "containers"):
            limits = mapping(container, "resources", "limits")
            for name in filter(is_device, limits):
                amount = _amount(limits[name]) * pods.count
                resources[name] = resources.get(name, 0) + amount
    return {name: max(amount, GPUS_PER_NODE) for name, amount in resources.items()}


def _amount(value: object) -> int:
    return int(quantity(value) or 0)
