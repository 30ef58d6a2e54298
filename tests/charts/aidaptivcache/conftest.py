"""Short ways to the parts of one rendered aidaptivcache chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]


@pytest.fixture
def chart() -> Path:
    return Path(__file__).parents[3] / "charts" / "aidaptivcache"


@pytest.fixture
def deployment(kind: Callable[..., Object]) -> Callable[..., Object]:
    """deployment(*args, values=None): the Deployment, whatever its name."""

    def deployment(*args: str, **options: Any) -> Object:
        return kind("Deployment", *args, **options)

    return deployment


@pytest.fixture
def kind(objects: Callable[..., list[Object]]) -> Callable[..., Object]:
    """kind("Service", *args, values=None): the one object of this kind."""

    def kind(name: str, *args: str, **options: Any) -> Object:
        (found,) = (each for each in objects(*args, **options) if each["kind"] == name)
        return found

    return kind


@pytest.fixture
def pod(deployment: Callable[..., Object]) -> Callable[..., Object]:
    """pod(*args, values=None): the spec of the server pod."""

    def pod(*args: str, **options: Any) -> Object:
        spec: Object = deployment(*args, **options)["spec"]["template"]["spec"]
        return spec

    return pod


@pytest.fixture
def server(pod: Callable[..., Object]) -> Callable[..., Object]:
    """server(*args, values=None): the container vllm-api."""

    def server(*args: str, **options: Any) -> Object:
        container: Object
        (container,) = pod(*args, **options)["containers"]
        assert container["name"] == "vllm-api"
        return container

    return server


@pytest.fixture
def init(pod: Callable[..., Object]) -> Callable[..., Object]:
    """init(*args, values=None): the container prescript."""

    def init(*args: str, **options: Any) -> Object:
        container: Object
        (container,) = pod(*args, **options)["initContainers"]
        assert container["name"] == "prescript"
        return container

    return init


@pytest.fixture
def argv(server: Callable[..., Object]) -> Callable[..., list[str]]:
    """argv(*args, values=None): the words after the server's script."""

    def argv(*args: str, **options: Any) -> list[str]:
        name, *words = server(*args, **options)["args"]
        assert name == "vllm-api"
        return list(words)

    return argv
