"""What holds for every chart and each of its ci/*-values.yaml, on Helm 3 and Helm 4."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs
import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHARTS = sorted(path.parent for path in ROOT.glob("charts/*/Chart.yaml"))
SCENARIOS = [
    values for chart in CHARTS for values in sorted(chart.glob("ci/*-values.yaml"))
]
KUBERNETES = "1.34"
NOT_CORE = {
    "monitoring.coreos.com/v1 ServiceMonitor",
    "leaderworkerset.x-k8s.io/v1 LeaderWorkerSet",
    "kubeflow.org/v2beta1 MPIJob",
    "serving.kserve.io/v1beta1 InferenceService",
    "serving.kserve.io/v1alpha1 ServingRuntime",
}
MEANT_EMPTY = re.compile(r"(\.emptyDir|^Deployment \.spec\.strategy\.rollingUpdate)$")
"""`emptyDir: {}` has no shorter form; the null clears what the API server filled in before the type was Recreate."""
NOT_IN_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")

Object = dict[str, Any]
Completed = subprocess.CompletedProcess[str]


class Outcome(NamedTuple):
    """What Helm 3 and Helm 4 make of a chart with one of its values files."""

    lints: list[Completed]
    renders: list[Completed]

    def objects(self, render: int) -> list[Object]:
        assert self.renders[render].returncode == 0, self.renders[render].stderr
        return [
            each
            for each in yaml.load_all(self.renders[render].stdout, yaml.CSafeLoader)
            if each
        ]


EVERY_CHART = pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)


def _name(values: Path) -> str:
    return f"{values.parents[1].name}:{values.name.removesuffix('-values.yaml')}"


@pytest.fixture(scope="module", params=SCENARIOS, ids=_name)
def outcome(request: pytest.FixtureRequest, helm3: str, helm4: str) -> Outcome:
    """Each scenario in turn, rendered and linted once; all of its tests follow before the next."""
    arguments = [
        str(request.param.parents[1]),
        f"--values={request.param}",
        "--kube-version=1.34.0",
    ]
    commands = [
        [helm, *verb, *arguments]
        for verb in (["lint", "--strict"], ["template", "release-name"])
        for helm in (helm3, helm4)
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(_run, commands))
    return Outcome(results[:2], results[2:])


def _run(command: list[str]) -> Completed:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@EVERY_CHART
def test_there_is_a_scenario_of_the_defaults_alone(chart: Path) -> None:
    assert not yaml.safe_load((chart / "ci/default-values.yaml").read_text())


def test_helm_lint_passes(outcome: Outcome) -> None:
    for linted in outcome.lints:
        assert linted.returncode == 0, linted.stdout + linted.stderr


def test_both_helms_render_the_same(outcome: Outcome) -> None:
    three, four = (
        [_without_keys(each) for each in outcome.objects(render)] for render in (0, 1)
    )
    assert three
    assert _by_name(three) == _by_name(four)


def _without_keys(rendered: Object) -> Object:
    """A generated SSH key differs from render to render."""
    if rendered["kind"] == "Secret" and "private.key" in rendered.get("data", {}):
        rendered["data"]["private.key"] = "generated"
    return rendered


def _by_name(objects: list[Object]) -> dict[tuple[str, str], Object]:
    result = {(each["kind"], each["metadata"]["name"]): each for each in objects}
    assert len(result) == len(objects), "two objects of one kind share a name"
    return result


def test_objects_are_valid(outcome: Outcome) -> None:
    for rendered in outcome.objects(-1):
        if f"{rendered['apiVersion']} {rendered['kind']}" in NOT_CORE:
            for pod in _pods(rendered["spec"]):
                _validate({"apiVersion": "v1", "kind": "Pod", **pod})
        else:
            _validate(rendered)


def _validate(rendered: Object) -> None:
    kubernetes_validate.validate(rendered, KUBERNETES, strict=True)


def _pods(spec: Object) -> list[Object]:
    """The pod templates inside an object that has no schema here."""
    return [
        node
        for _, node in _walk(spec)
        if isinstance(node, dict) and "containers" in node.get("spec", ())
    ]


def _walk(node: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a tree, the tree itself included, with its path."""
    yield path, node
    if isinstance(node, dict | list):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _walk(below, f"{path}.{key}")


def test_objects_hold_nothing_empty(outcome: Outcome) -> None:
    for rendered in outcome.objects(-1):
        empty = [
            f"{rendered['kind']} {path}"
            for path, value in _walk(rendered)
            if value in (None, {}, [])
        ]
        assert not [path for path in empty if not MEANT_EMPTY.search(path)]


@EVERY_CHART
def test_metadata(chart: Path) -> None:
    metadata = yaml.safe_load((chart / "Chart.yaml").read_text())
    assert (metadata["apiVersion"], metadata["type"], metadata["name"]) == (
        "v2",
        "application",
        chart.name,
    )
    # A Helm built without release flags takes itself for Kubernetes 1.20; KServe has requirements of its own.
    assert metadata.get("kubeVersion") == (
        None if chart.name == "kserve-vllm" else ">=1.23.0-0"
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert isinstance(metadata["appVersion"], str)
    annotations = metadata["annotations"]
    assert annotations["artifacthub.io/license"] == "Apache-2.0"
    assert all(isinstance(value, str) for value in annotations.values())


@EVERY_CHART
def test_schema_is_draft_07_closed_and_compiles_everywhere(chart: Path) -> None:
    schema = _schema(chart)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["additionalProperties"] is False
    assert {"global", "enabled"} <= set(schema["properties"]), (
        "what Helm and a parent chart's condition add"
    )
    assert not [pattern for pattern in _patterns(schema) if NOT_IN_RE2.search(pattern)]
    jsonschema.Draft7Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)


def _schema(chart: Path) -> Any:
    return json.loads((chart / "values.schema.json").read_text())


def _patterns(schema: Object) -> Iterator[str]:
    for path, node in _walk(schema):
        if isinstance(node, dict):
            yield from node.get("patternProperties", ())
        if path.endswith(".pattern") and isinstance(node, str):
            yield node


@EVERY_CHART
def test_defaults_fit_the_schema_without_nulls(chart: Path) -> None:
    defaults, schema = (
        yaml.safe_load((chart / "values.yaml").read_text()),
        _schema(chart),
    )
    assert not [path for path, value in _walk(defaults) if value is None], (
        "Helm versions disagree on a null in a chart's own values"
    )
    jsonschema_rs.Draft7Validator(schema, validate_formats=True).validate(defaults)
    jsonschema.Draft7Validator(
        schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    ).validate(defaults)


@EVERY_CHART
def test_readme_table_is_fresh(chart: Path) -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "ci/docs/values_table.py", "--check", chart],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
