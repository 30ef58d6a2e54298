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
def _template(helm: str, chart: Path, args: tuple[str, ...], values: str, release: str) -> tuple[int, str, str]:
    finished = subprocess.run(
        [helm, "template", release, str(chart), "--kube-version", KUBERNETES, *args, "--values", "-"],
        input=values,
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.returncode, finished.stdout, finished.stderr


def _render(
    helm: str, chart: Path, *args: str, values: dict[str, Any] | None = None, release: str = "r"
) -> list[Object]:
    code, out, err = _template(helm, chart, args, json.dumps(values or {}), release)
    assert code == 0, err
    return [document for document in yaml.load_all(out, yaml.CSafeLoader) if document]


def _render_error(helm: str, chart: Path, *args: str, values: dict[str, Any] | None = None, release: str = "r") -> str:
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
