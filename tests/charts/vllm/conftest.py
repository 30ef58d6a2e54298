"""Short ways to the parts of one rendered vllm chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]


@pytest.fixture(scope="session")
def chart() -> Path:
    return Path(__file__).parents[3] / "charts" / "vllm"


@pytest.fixture(scope="session")
def objects(render: Callable[..., list[Object]], helm3: str, chart: Path) -> Callable[..., list[Object]]:
    """objects(*args, values=None, release="r"): everything that is rendered."""

    def objects(*args: str, values: Object | None = None, release: str = "r") -> list[Object]:
        return render(helm3, chart, *args, values=values, release=release)

    return objects


@pytest.fixture(scope="session")
def error(render_error: Callable[..., str], helm3: str, chart: Path) -> Callable[..., str]:
    """error(*args, values=None): why the chart is refused."""

    def error(*args: str, values: Object | None = None) -> str:
        return render_error(helm3, chart, *args, values=values)

    return error


@pytest.fixture(scope="session")
def named(objects: Callable[..., list[Object]]) -> Callable[..., Object]:
    """named("Kind/name", *args, values=None, release="r"): the one such object."""

    def named(kind_and_name: str, *args: str, **options: Any) -> Object:
        rendered = objects(*args, **options)
        by_name = {f"{each['kind']}/{each['metadata']['name']}": each for each in rendered}
        assert len(by_name) == len(rendered)
        return by_name[kind_and_name]

    return named


@pytest.fixture(scope="session")
def kinds(objects: Callable[..., list[Object]]) -> Callable[..., list[str]]:
    """kinds(*args, values=None): the kinds of the rendered objects, without the test pods."""

    def kinds(*args: str, **options: Any) -> list[str]:
        return sorted(each["kind"] for each in objects(*args, **options) if each["kind"] != "Pod")

    return kinds


@pytest.fixture(scope="session")
def deployment(named: Callable[..., Object]) -> Callable[..., Object]:
    """deployment(*args, values=None): the spec of the Deployment."""

    def deployment(*args: str, **options: Any) -> Object:
        spec: Object = named("Deployment/r-vllm", *args, **options)["spec"]
        return spec

    return deployment


@pytest.fixture(scope="session")
def pod(deployment: Callable[..., Object]) -> Callable[..., Object]:
    """pod(*args, values=None): the spec of the server pod."""

    def pod(*args: str, **options: Any) -> Object:
        spec: Object = deployment(*args, **options)["template"]["spec"]
        return spec

    return pod


@pytest.fixture(scope="session")
def server(pod: Callable[..., Object]) -> Callable[..., Object]:
    """server(*args, values=None): the container vllm."""

    def server(*args: str, **options: Any) -> Object:
        container: Object = pod(*args, **options)["containers"][0]
        assert container["name"] == "vllm"
        return container

    return server


@pytest.fixture(scope="session")
def argv(server: Callable[..., Object]) -> Callable[..., list[str]]:
    """argv(**vllm): the words after `vllm serve` for these values below `vllm`."""

    def argv(**vllm: Any) -> list[str]:
        words: list[str] = server(values={"vllm": vllm})["args"]
        return words

    return argv


@pytest.fixture(scope="session")
def env(server: Callable[..., Object]) -> Callable[..., Object]:
    """env(values): the server's variables by name, each given once."""

    def env(*args: str, **options: Any) -> Object:
        variables = server(*args, **options)["env"]
        by_name = {each["name"]: each.get("value", each.get("valueFrom")) for each in variables}
        assert len(by_name) == len(variables)
        return by_name

    return env
