"""Short ways to the parts of one rendered vllm chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]


@pytest.fixture
def chart() -> Path:
    return Path(__file__).parents[3] / "charts" / "vllm"


@pytest.fixture
def deployment(named: Callable[..., Object]) -> Callable[..., Object]:
    """deployment(*args, values=None): the spec of the Deployment."""

    def deployment(*args: str, **options: Any) -> Object:
        spec: Object = named("Deployment/r-vllm", *args, **options)["spec"]
        return spec

    return deployment


@pytest.fixture
def pod(deployment: Callable[..., Object]) -> Callable[..., Object]:
    """pod(*args, values=None): the spec of the server pod."""

    def pod(*args: str, **options: Any) -> Object:
        spec: Object = deployment(*args, **options)["template"]["spec"]
        return spec

    return pod


@pytest.fixture
def server(pod: Callable[..., Object]) -> Callable[..., Object]:
    """server(*args, values=None): the container vllm."""

    def server(*args: str, **options: Any) -> Object:
        container: Object = pod(*args, **options)["containers"][0]
        assert container["name"] == "vllm"
        return container

    return server


@pytest.fixture
def argv(server: Callable[..., Object]) -> Callable[..., list[str]]:
    """argv(**vllm): the words after `vllm serve` for these values below `vllm`."""

    def argv(**vllm: Any) -> list[str]:
        words: list[str] = server(values={"vllm": vllm})["args"]
        return words

    return argv
