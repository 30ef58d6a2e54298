"""Values of our charts, from a mapping instead of a file."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.document.reader import parse_document
from helm_llm.serving import spec_of
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.chart import Chart
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import Values, layer

CHARTS = Path(__file__).parents[2] / "charts"


@cache
def _chart(name: str) -> Chart:
    return load_chart(str(CHARTS / name))


def _values(name: str, tree: dict[str, Any]) -> Values:
    return layer(
        _chart(name), [parse_document(yaml.safe_dump(tree), "values.yaml")], []
    )


def _spec(name: str, tree: dict[str, Any]) -> ServingSpec:
    spec = spec_of(_values(name, tree))
    assert spec is not None
    return spec


@pytest.fixture(scope="session")
def serving() -> Callable[[str, dict[str, Any]], ServingSpec]:
    """serving(chart, values): the spec of the merged values."""
    return _spec
