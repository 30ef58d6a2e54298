"""Short ways to the parts of one rendered kserve-vllm chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]

MULTI_NODE: Object = {
    "deploymentMode": "RawDeployment",
    "servingTopology": "multiNode",
    "multiNode": {"platform": "kserve"},
}


@pytest.fixture
def chart() -> Path:
    return Path(__file__).parents[3] / "charts" / "kserve-vllm"


@pytest.fixture
def multi_node() -> Object:
    """Values of a model over several pods."""
    return MULTI_NODE


@pytest.fixture
def one(objects: Callable[..., list[Object]]) -> Callable[..., Object]:
    """one("Kind", *args, values=None, release="r"): the only object of that kind."""

    def one(kind: str, *args: str, **options: Any) -> Object:
        (found,) = (each for each in objects(*args, **options) if each["kind"] == kind)
        return found

    return one


@pytest.fixture
def service(one: Callable[..., Object]) -> Callable[..., Object]:
    """service(*args, values=None): the InferenceService."""
    return lambda *args, **options: one("InferenceService", *args, **options)


@pytest.fixture
def predictor(service: Callable[..., Object]) -> Callable[..., Object]:
    """predictor(*args, values=None): the predictor of the InferenceService."""

    def predictor(*args: str, **options: Any) -> Object:
        found: Object = service(*args, **options)["spec"]["predictor"]
        return found

    return predictor


@pytest.fixture
def runtime(one: Callable[..., Object]) -> Callable[..., Object]:
    """runtime(*args, values=None): the ServingRuntime."""
    return lambda *args, **options: one("ServingRuntime", *args, **options)


@pytest.fixture
def server(runtime: Callable[..., Object]) -> Callable[..., Object]:
    """server(*args, values=None): the container of the runtime."""

    def server(*args: str, **options: Any) -> Object:
        (container,) = runtime(*args, **options)["spec"]["containers"]
        assert container["name"] == "kserve-container"
        found: Object = container
        return found

    return server
