"""What is refused, and by whom: the schema, or a template where the upstream chart refuses it too."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Object = dict[str, Any]
Error = Callable[..., str]
S3 = {"mode": "s3", "s3": {"key": "k", "path": "p"}}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model": {"uri": ""}}, "model.uri is empty"),
        ({"model": {"mode": "S3"}}, "needs model.s3.key and model.s3.path"),
        (
            {"model": {"mode": "s3", "s3": {"key": "k"}}},
            "needs model.s3.key and model.s3.path",
        ),
        (
            {"servingTopology": "multiNode"},
            "servingTopology multiNode needs deploymentMode RawDeployment",
        ),
        (
            {"servingTopology": "multiNode", "deploymentMode": "Knative"},
            "needs deploymentMode RawDeployment",
        ),
        (
            {"servingTopology": "multiNode", "deploymentMode": "Standard", "model": S3},
            "does not support model.mode s3",
        ),
        (
            {"deploymentMode": "RawDeployment", "scaling": {"scaleMetric": "rps"}},
            "scaling.scaleMetric rps needs",
        ),
        (
            {"deploymentMode": "Standard", "scaling": {"scaleMetric": "concurrency"}},
            "concurrency needs deploymentMode",
        ),
    ],
)
def test_templates_refuse_what_cannot_work(
    error: Error, values: Object, said: str
) -> None:
    assert said in error(values=values)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"model": {"resources": {}}}, "/model"),
        ({"inferenceService": {"storage": {}}}, "/inferenceService"),
        ({"deploymentMode": "serverless"}, "/deploymentMode"),
        ({"model": {"uri": "models/granite"}}, "/model/uri"),
        ({"model": {"args": ["--max-model-len", 4096]}}, "/model/args/1"),
        ({"inferenceService": {"name": "3b"}}, "/inferenceService/name"),
        ({"inferenceService": {"name": "n" * 49}}, "/inferenceService/name"),
        (
            {"scaling": {"serverless": {"timeout": "600"}}},
            "/scaling/serverless/timeout",
        ),
        *(
            ({"scaling": {"serverless": {"retentionPeriod": long}}}, "/retentionPeriod")
            for long in ("1d", "2h", "61m")
        ),
        (
            {"resources": {"limits": {"nvidia": {"com/gpu": 2}}}},
            "/resources/limits/nvidia",
        ),
        (
            {"endpoint": {"auth": {"serviceAccounts": [{"namespace": "a"}]}}},
            "/endpoint/auth/serviceAccounts/0",
        ),
    ],
)
def test_the_schema_refuses_what_has_the_wrong_shape(
    error: Error, values: Object, path: str
) -> None:
    assert path in error(values=values)


@pytest.mark.parametrize(
    "period", ["", "10m", "60m", "1h", "0s", "90s", "3600s", "5m30s"]
)
def test_durations_that_knative_takes(objects: Callable[..., Any], period: str) -> None:
    assert objects(values={"scaling": {"serverless": {"retentionPeriod": period}}})


@pytest.fixture
def readme(chart: Path) -> str:
    return (chart / "README.md").read_text()


def test_the_examples_of_the_readme_are_accepted(
    readme: str, objects: Callable[..., Any]
) -> None:
    examples = [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    ]
    assert len(examples) >= 5
    for values in examples:
        assert objects(values=values)


def test_arguments_on_the_command_line_are_one_word(
    readme: str, predictor: Callable[..., Any]
) -> None:
    """U21: a blank after the comma ends the word of the shell."""
    (option,) = re.findall(r"`--set '(model\.args=\S+)'`", readme)
    assert predictor("--set", option)["model"]["args"][1:] == [
        "--gpu-memory-utilization=0.95",
        "--max-model-len=10000",
    ]


def test_the_readme_warns_of_the_release_that_removes_workers(readme: str) -> None:
    """K1."""
    assert re.search(r"\*\*not 0\.20\.0\*\*.*several nodes", readme)
