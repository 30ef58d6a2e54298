"""Rendering a chart with the real helm; each render happens once."""

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Object = dict[str, Any]

KUBERNETES = "1.34.0"


@cache
def _template(
    helm: str, chart: Path, args: tuple[str, ...], values: str, release: str
) -> tuple[int, str, str]:
    finished = subprocess.run(
        [
            helm,
            "template",
            release,
            str(chart),
            "--kube-version",
            KUBERNETES,
            *args,
            "--values",
            "-",
        ],
        input=values,
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.returncode, finished.stdout, finished.stderr


def _render(
    helm: str,
    chart: Path,
    *args: str,
    values: dict[str, Any] | None = None,
    release: str = "r",
) -> list[Object]:
    code, out, err = _template(helm, chart, args, json.dumps(values or {}), release)
    assert code == 0, err
    return [document for document in yaml.load_all(out, yaml.CSafeLoader) if document]


def _render_error(
    helm: str,
    chart: Path,
    *args: str,
    values: dict[str, Any] | None = None,
    release: str = "r",
) -> str:
    code, out, err = _template(helm, chart, args, json.dumps(values or {}), release)
    assert code != 0, out
    return err


@pytest.fixture(scope="session")
def render() -> Callable[..., list[Object]]:
    """render(helm, chart, *args, values=None, release="r"): the objects of `helm template`, in its order."""
    return _render


@pytest.fixture(scope="session")
def render_error() -> Callable[..., str]:
    """render_error(helm, chart, *args, values=None, release="r"): what `helm template` says when it refuses."""
    return _render_error


# What follows needs the fixture `chart` of a directory below, so it is made anew for each test: renders are kept.


@pytest.fixture
def objects(
    render: Callable[..., list[Object]], helm3: str, chart: Path
) -> Callable[..., list[Object]]:
    """objects(*args, values=None, release="r"): everything that is rendered."""

    def objects(
        *args: str, values: Object | None = None, release: str = "r"
    ) -> list[Object]:
        return render(helm3, chart, *args, values=values, release=release)

    return objects


@pytest.fixture
def error(
    render_error: Callable[..., str], helm3: str, chart: Path
) -> Callable[..., str]:
    """error(*args, values=None): why the chart is refused."""

    def error(*args: str, values: Object | None = None) -> str:
        return render_error(helm3, chart, *args, values=values)

    return error


@pytest.fixture
def named(objects: Callable[..., list[Object]]) -> Callable[..., Object]:
    """named("Kind/name", *args, values=None, release="r"): the one such object."""

    def named(kind_and_name: str, *args: str, **options: Any) -> Object:
        rendered = objects(*args, **options)
        by_name = {
            f"{each['kind']}/{each['metadata']['name']}": each for each in rendered
        }
        assert len(by_name) == len(rendered)
        return by_name[kind_and_name]

    return named


@pytest.fixture
def kinds(objects: Callable[..., list[Object]]) -> Callable[..., list[str]]:
    """kinds(*args, values=None): the kinds of the rendered objects, without the test pods."""

    def kinds(*args: str, **options: Any) -> list[str]:
        return sorted(
            each["kind"] for each in objects(*args, **options) if each["kind"] != "Pod"
        )

    return kinds


@pytest.fixture
def env(server: Callable[..., Object]) -> Callable[..., Object]:
    """env(*args, values=None): the server's variables by name, each given once. `server` is of a directory below."""

    def env(*args: str, **options: Any) -> Object:
        variables = server(*args, **options)["env"]
        by_name = {
            each["name"]: each.get("value", each.get("valueFrom")) for each in variables
        }
        assert len(by_name) == len(variables)
        return by_name

    return env
