"""values.yaml, its schema and the README agree; what the schema refuses; what a null does."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

Object = dict[str, Any]

PARENT = {"global", "enabled"}
"""What Helm and a parent chart add."""
UNDOCUMENTED = {
    "autoscaling.scaleDownStabilizationSecs",
    *(
        f"model.{key}"
        for key in (
            "openai_port",
            "openai_host",
            "nemo_port",
            "nemoPort",
            "numWorkers",
            "tritonURL",
        )
    ),
    *(
        f"model.{key}"
        for key in (
            "tritonModelName",
            "trtModelName",
            "customizationSource",
            "dataStoreURL",
        )
    ),
    *(
        f"service.{key}"
        for key in (
            "openai_port",
            "http_port",
            "grpc_port",
            "metrics_port",
            "nemo_port",
        )
    ),
}
"""Keys of older values files, without a default."""


@pytest.fixture
def defaults(chart: Path) -> Object:
    values: Object = yaml.safe_load((chart / "values.yaml").read_text())
    return values


@pytest.fixture
def schema(chart: Path) -> Object:
    values: Object = json.loads((chart / "values.schema.json").read_text())
    return values


WHOLE = {"resources", "ngcInit"}
"""Definitions that the README explains as one."""


def schema_keys(node: Object, root: Object, path: str = "") -> Iterator[str]:
    definition = node.get("$ref", "").rpartition("/")[2]
    node = root["definitions"].get(definition, node)
    if node.get("additionalProperties") is not False or definition in WHOLE:
        yield path
        return
    for key, below in node["properties"].items():
        yield from schema_keys(below, root, f"{path}.{key}".lstrip("."))


def default_keys(node: object, keys: set[str], path: str = "") -> Iterator[str]:
    if path in keys or not isinstance(node, dict) or not node:
        yield path
    else:
        for key, below in node.items():
            yield from default_keys(below, keys, f"{path}.{key}".lstrip("."))


def test_values_schema_and_readme_have_the_same_keys(
    chart: Path, defaults: Object, schema: Object
) -> None:
    keys = set(schema_keys(schema, schema))
    values = set(default_keys(defaults, keys))
    assert values == keys - PARENT - UNDOCUMENTED
    assert keys >= UNDOCUMENTED
    table = (chart / "README.md").read_text().partition("<!-- values -->")[2]
    rows = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))
    assert {
        key for row in rows for key in values if row == key or row.startswith(f"{key}.")
    } == values
    prose = (chart / "README.md").read_text()
    assert all(
        f"`{key.rpartition('.')[2]}`" in prose
        for key in UNDOCUMENTED - {"autoscaling.scaleDownStabilizationSecs"}
    )


GOOD: list[Object] = [
    {"autoscaling": {"scaleDownStabilizationSecs": None}},
    {"model": {"openai_port": None, "tritonURL": None}},
    {"env": None, "tolerations": None, "resources": None, "podSecurityContext": None},
    {"resources": {"limits": {"nvidia.com/gpu": None, "memory": "16Gi", "cpu": 0.5}}},
    {"lora": {"cpu": 0.5}},
    {"lora": {"cpu": "0.5", "repositories": ["gpt2", "acme/a.b-c_d@refs/pr/1"]}},
    {"extraVolumeMounts": {"dshm": {"mountPath": "/x"}}},
    {
        "initContainers": {
            "ngcInit": {"secretName": "a", "env": {"NGC_MODEL_VERSION": 1.0}}
        }
    },
    {"model": {"nimCache": "/opt/nim/.cache", "logLevel": "debug"}},
]
BAD: list[tuple[str, Object]] = [
    ("/probes", {"probes": {}}),
    ("/service/port", {"service": {"port": 80}}),
    ("/securityContext", {"securityContext": {}}),
    ("/model", {"model": None}),
    ("/persistence/size", {"persistence": {"size": 50}}),
    ("/persistence/size", {"persistence": {"size": "500m"}}),
    ("/persistence/accessMode", {"persistence": {"accessMode": "RWX"}}),
    ("/image/tag", {"image": {"tag": 1.1}}),
    ("/image/digest", {"image": {"digest": "abc"}}),
    ("/env/0/value", {"env": [{"name": "A", "value": 1}]}),
    ("/env/0/value", {"env": [{"name": "A", "value": True}]}),
    ("/env/0", {"env": [{"name": "A", "value": "1", "valueFrom": {}}]}),
    ("/env/0/extra", {"env": [{"name": "A", "extra": "1"}]}),
    ("/podAnnotations/a", {"podAnnotations": {"a": 8000}}),
    ("/resources/limits/nvidia", {"resources": {"limits": {"nvidia": {"com/gpu": 2}}}}),
    ("/model/nimCache", {"model": {"nimCache": "/tmp"}}),
    ("/model/nimCache", {"model": {"nimCache": "/opt/nim/"}}),
    ("/model/nimCache", {"model": {"nimCache": "models"}}),
    ("/model/jsonLogging", {"model": {"jsonLogging": "true"}}),
    ("/model/logLevel", {"model": {"logLevel": "verbose"}}),
    ("/extraVolumes", {"extraVolumes": {"dshm": {"emptyDir": {}}}}),
    (
        "/extraVolumes/0/name",
        {"extraVolumes": [{"name": "model-store", "emptyDir": {}}]},
    ),
    ("/initContainers/ngcInit", {"initContainers": {"ngcInit": {"secretName": "a"}}}),
    ("/livenessProbe/successThreshold", {"livenessProbe": {"successThreshold": 2}}),
    ("/service/name", {"service": {"name": "9-lives"}}),
    ("/lora/repositories/0", {"lora": {"repositories": ["../x"]}}),
    ("/lora/repositories", {"lora": {"repositories": ["a/b", "a/b"]}}),
    ("/multiNode/workers", {"multiNode": {"workers": 0}}),
    ("/tests/timeoutSeconds", {"tests": {"timeoutSeconds": 5}}),
]


def merged(defaults: Object, values: Object) -> Object:
    """As Helm merges: maps deeply, a null removes a default, a null without default stays."""
    result = dict(defaults)
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        elif value is None and key in defaults:
            del result[key]
        else:
            result[key] = value
    return result


@pytest.mark.parametrize("values", GOOD, ids=json.dumps)
def test_the_schema_takes(defaults: Object, schema: Object, values: Object) -> None:
    jsonschema_rs.Draft7Validator(schema).validate(merged(defaults, values))


@pytest.mark.parametrize(("path", "values"), BAD, ids=lambda each: json.dumps(each))
def test_the_schema_refuses(
    defaults: Object, schema: Object, path: str, values: Object
) -> None:
    (error,) = jsonschema_rs.Draft7Validator(schema).iter_errors(
        merged(defaults, values)
    )
    at = "/" + "/".join(str(part) for part in error.instance_path)
    assert path.startswith(at.rstrip("/"))
    assert (
        path == at
        or path.rpartition("/")[2] in error.message
        or "dshm" in error.message
    )


def test_helm_refuses_what_the_schema_refuses(error: Callable[..., str]) -> None:
    assert "probes" in error(values={"probes": {}})
    assert "model" in error("--set=model=null")


def nulls(node: object, path: str = "") -> Iterator[str]:
    if isinstance(node, dict | list):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from nulls(below, f"{path}.{key}")
    elif node is None:
        yield path


def leaves(node: Object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, below in node.items():
        if isinstance(below, dict) and below:
            yield from leaves(below, (*path, key))
        else:
            yield (*path, key)


def nulled(defaults: Object, schema: Object) -> Object:
    """Values that set every key to null whose absence the schema allows."""
    result: Object = {}
    validator = jsonschema_rs.Draft7Validator(schema)
    for path in leaves(defaults):
        values: Any = None
        for key in reversed(path):
            values = {key: values}
        if validator.is_valid(merged(defaults, values)):
            result = merged(result, values)
    return result


SWITCHES: list[Object] = [
    {},
    {"multiNode": {"enabled": True}, "replicaCount": 0},
    {
        "statefulSet": {"enabled": False},
        "persistence": {"enabled": True},
        "proxyCA": {"enabled": True, "secretName": "a"},
    },
    {
        "persistence": {"enabled": True},
        "ingress": {"enabled": True},
        "autoscaling": {"enabled": True},
    },
    {
        "multiNode": {"enabled": True},
        "lora": {"repositories": ["a/b"], "source": "/a"},
        "tests": {"enabled": True},
    },
    {
        "multiNode": {
            "enabled": True,
            "leaderWorkerSet": {"enabled": False},
            "optimized": {"enabled": True},
        },
        "replicaCount": 1,
    },
    {
        "model": {"legacyCompat": True},
        "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
    },
    {
        "livenessProbe": {"enabled": True, "method": "script"},
        "readinessProbe": {"enabled": True},
    },
]


@pytest.mark.parametrize("switches", SWITCHES, ids=json.dumps)
def test_no_null_whatever_the_user_nulls(
    objects: Callable[..., list[Object]],
    defaults: Object,
    schema: Object,
    switches: Object,
) -> None:
    values = merged(nulled(defaults, schema), switches)
    for each in objects(values=values):
        assert not [
            f"{each['kind']}{path}"
            for path in nulls(each)
            if path != ".spec.strategy.rollingUpdate"
        ]
