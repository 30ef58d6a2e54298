"""Our charts have the documented keys, types and defaults of the original charts.

`python ci/seeds/extract.py DOCUMENTS` writes keys.yaml. exceptions.yaml lists the differences
and their reasons.
"""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from helm_llm.keypath import MISSING, KeyPath, lookup

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHARTS = ("nim-llm", "vllm", "kserve-vllm", "aidaptivcache")
DOCUMENTED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "keys.yaml").read_text())
EXCEPTIONS: dict[str, dict[str, Any]] = yaml.safe_load(
    (HERE / "exceptions.yaml").read_text()
)
WRONG = {
    "object": "text",
    "array": "text",
    "string": {},
    "boolean": "true",
    "integer": 1.5,
    "number": "text",
}
"""For each documented type, a value that the schema must refuse."""

EVERY_KEY = pytest.mark.parametrize(
    ("chart", "key"),
    [
        pytest.param(chart, key, id=f"{chart}:{key}")
        for chart in CHARTS
        for key in DOCUMENTED[chart]
    ],
)
DEFAULTS = {
    chart: yaml.safe_load((ROOT / "charts" / chart / "values.yaml").read_text())
    for chart in CHARTS
}
SCHEMAS = {
    chart: jsonschema_rs.Draft7Validator(
        json.loads((ROOT / "charts" / chart / "values.schema.json").read_text())
    )
    for chart in CHARTS
}


def _path(key: str) -> KeyPath:
    words = re.findall(r"((?:\\.|[^.\[\\])+)|\[(\d+)\]", key)
    return tuple(
        int(index) if index else name.replace("\\", "") for name, index in words
    )


def _with(values: Any, path: KeyPath, value: object) -> Any:
    """Return the chart's defaults with one value replaced; missing maps are created."""
    result = node = deepcopy(values)
    for key in path[:-1]:
        node = node[key] if isinstance(key, int) else node.setdefault(key, {})
    node[path[-1]] = value
    return result


@EVERY_KEY
def test_the_default_is_the_documented_one(chart: str, key: str) -> None:
    documented, exception = DOCUMENTED[chart][key], EXCEPTIONS[chart].get(key, {})
    ours = lookup(DEFAULTS[chart], _path(key))
    if "default" in exception:
        assert exception["default"] != documented.get("default", MISSING), (
            "no difference: remove the exception"
        )
        assert ours == (
            MISSING if exception["default"] is None else exception["default"]
        )
    else:
        assert ours is not MISSING
        assert "default" not in documented or (type(ours), ours) == (
            type(documented["default"]),
            documented["default"],
        )


@EVERY_KEY
def test_the_schema_has_the_documented_type(chart: str, key: str) -> None:
    documented, exception = DOCUMENTED[chart][key], EXCEPTIONS[chart].get(key, {})

    def accepts(value: object) -> bool:
        return SCHEMAS[chart].is_valid(_with(DEFAULTS[chart], _path(key), value))

    if "default" in documented:
        assert accepts(documented["default"]) == ("refused" not in exception)
    if "type" in documented:
        assert accepts(WRONG[documented["type"]]) == ("type" in exception)


@pytest.mark.parametrize("chart", CHARTS)
def test_exceptions_have_documented_keys_and_reasons(chart: str) -> None:
    assert set(EXCEPTIONS[chart]) <= set(DOCUMENTED[chart])
    assert all(exception.get("because") for exception in EXCEPTIONS[chart].values())
