"""Names, labels and annotations of the objects."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]
One = Callable[..., Object]
CHART_LABELS = {"helm.sh/chart", "app.kubernetes.io/version"}


@pytest.mark.parametrize(
    ("release", "values", "name"),
    [
        ("r", {}, "r-kserve-vllm"),
        ("my-kserve-vllm", {}, "my-kserve-vllm"),
        ("r", {"nameOverride": "vllm-kserve"}, "r-vllm-kserve"),
        ("r", {"fullnameOverride": "granite"}, "granite"),
        ("r", {"inferenceService": {"name": "granite"}}, "granite"),
        ("granite-3.3", {}, "granite-3-3-kserve-vllm"),
        ("r" * 53, {}, "r" * 48),
        ("r" * 46 + "-chat", {}, "r" * 46 + "-c"),
        ("r" * 47 + "-chat", {}, "r" * 47),
    ],
)
def test_the_service_has_a_name_that_fits_into_labels(
    service: One, release: str, values: Object, name: str
) -> None:
    """U18: KServe makes `isvc.<name>-predictor` a label."""
    assert service(values=values, release=release)["metadata"]["name"] == name


def test_workers_leave_less_room_for_the_name(service: One, multi_node: Object) -> None:
    name = service(values=multi_node, release="r" * 53)["metadata"]["name"]
    assert len(f"isvc.{name}-predictor-worker") == 63


@pytest.mark.parametrize(
    ("extra", "runtime_name"),
    [
        ({}, "r-kserve-vllm"),
        ({"servingRuntime": {"name": "mine"}}, "mine"),
        ({"multi": "kserve"}, "r-kserve-vllm-multinode"),
        ({"multi": "openshift-ai"}, "vllm-multinode-runtime"),
        ({"multi": "openshift-ai", "servingRuntime": {"name": "mine"}}, "mine"),
    ],
)
def test_the_runtime_is_the_one_the_service_names(
    one: One, multi_node: Object, extra: Object, runtime_name: str
) -> None:
    """U9: the fixed name only where OpenShift AI wants it, and never over the user's."""
    platform = extra.pop("multi", None)
    values = (
        {**multi_node, "multiNode": {"platform": platform}, **extra}
        if platform
        else extra
    )
    assert one("ServingRuntime", values=values)["metadata"]["name"] == runtime_name
    assert (
        one("InferenceService", values=values)["spec"]["predictor"]["model"]["runtime"]
        == runtime_name
    )


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_cluster_tells_whether_it_is_openshift_ai(
    one: One, multi_node: Object, version: str
) -> None:
    values = {**multi_node, "multiNode": {"platform": "auto"}}
    assert (
        one("ServingRuntime", values=values)["metadata"]["name"]
        == "r-kserve-vllm-multinode"
    )
    api = f"--api-versions=datasciencecluster.opendatahub.io/{version}"
    assert (
        one("ServingRuntime", api, values=values)["metadata"]["name"]
        == "vllm-multinode-runtime"
    )


@pytest.mark.parametrize("existing", ["", None])
def test_a_runtime_is_made_unless_one_is_there(
    kinds: Callable[..., list[str]], existing: str | None
) -> None:
    """U1: upstream made one beside the existing one, and none for null."""
    assert kinds(values={"servingRuntime": {"useExisting": existing}}) == [
        "InferenceService",
        "ServingRuntime",
    ]


def test_an_existing_runtime_is_used(
    predictor: One, kinds: Callable[..., list[str]]
) -> None:
    values = {"servingRuntime": {"useExisting": "vllm-cuda-runtime"}}
    assert kinds(values=values) == ["InferenceService"]
    assert predictor(values=values)["model"]["runtime"] == "vllm-cuda-runtime"


def test_the_name_of_a_release_may_not_begin_with_a_digit(
    objects: One, render_error: Any, helm3: str, chart: Path
) -> None:
    assert "set inferenceService.name" in render_error(helm3, chart, release="3b")
    assert objects(release="3b", values={"inferenceService": {"name": "granite"}})


def test_a_new_version_of_the_chart_leaves_the_service_alone(
    render: Callable[..., list[Object]], helm: str, chart: Path, tmp_path: Path
) -> None:
    """U19: KServe copies the labels into the pods, so a version there would restart the model."""
    newer = tmp_path / "kserve-vllm"
    shutil.copytree(chart, newer)
    metadata = newer / "Chart.yaml"
    metadata.write_text(
        metadata.read_text()
        .replace("version: 0.1.0", "version: 9.9.9")
        .replace("v0.9.0.1", "v9")
    )
    before, after = (
        {each["kind"]: each for each in render(helm, directory)}
        for directory in (chart, newer)
    )
    assert before["InferenceService"] == after["InferenceService"]
    assert before["ServingRuntime"] != after["ServingRuntime"]


def test_everything_else_names_the_chart(objects: Callable[..., list[Object]]) -> None:
    values = {
        "endpoint": {"auth": {"enabled": True, "serviceAccounts": [{"name": "a"}]}}
    }
    for each in objects(values=values):
        labels = each["metadata"]["labels"]
        assert labels["app.kubernetes.io/instance"] == "r"
        assert (set(labels) >= CHART_LABELS) == (each["kind"] != "InferenceService")


def test_labels_and_annotations_of_the_user_win(service: One) -> None:
    own = {
        "labels": {"team": "a", "app.kubernetes.io/name": "granite"},
        "annotations": {"sidecar.istio.io/inject": "false"},
    }
    metadata = service(values={"inferenceService": own})["metadata"]
    assert {"team": "a", "app.kubernetes.io/name": "granite"}.items() <= metadata[
        "labels"
    ].items()
    assert metadata["labels"]["app.kubernetes.io/instance"] == "r"
    assert metadata["annotations"]["sidecar.istio.io/inject"] == "false"
    assert metadata["annotations"]["serving.kserve.io/deploymentMode"] == "Serverless"


@pytest.mark.parametrize(
    ("limits", "recommended", "kind"),
    [
        ({}, "nvidia.com/gpu", "NVIDIA GPU"),
        ({"nvidia.com/gpu": None, "amd.com/gpu": 1}, "amd.com/gpu", "AMD GPU"),
        (
            {"nvidia.com/gpu": None, "habana.ai/gaudi": "2"},
            "habana.ai/gaudi",
            "Intel Gaudi Accelerator",
        ),
        (
            {"nvidia.com/gpu": None, "nvidia.com/mig-1g.10gb": 1},
            "nvidia.com/mig-1g.10gb",
            "NVIDIA GPU",
        ),
        ({"nvidia.com/gpu": 0}, None, "CPU (ppc64le/s390x)"),
        ({"nvidia.com/gpu": None}, None, "CPU (ppc64le/s390x)"),
    ],
)
def test_the_dashboard_learns_what_the_runtime_is_for(
    runtime: One, limits: Object, recommended: str | None, kind: str
) -> None:
    annotations = runtime(values={"resources": {"limits": limits}})["metadata"][
        "annotations"
    ]
    found = annotations.get("opendatahub.io/recommended-accelerators")
    assert (json.loads(found) if found else None) == (
        [recommended] if recommended else None
    )
    name = f"vLLM {kind} ServingRuntime for KServe"
    assert annotations["opendatahub.io/template-display-name"] == name
    assert "openshift.io/display-name" not in annotations


def test_a_display_name_of_the_users(runtime: One, multi_node: Object) -> None:
    metadata = runtime(values={**multi_node, "displayName": "Two nodes"})["metadata"]
    assert metadata["annotations"]["openshift.io/display-name"] == "Two nodes"
    assert (
        metadata["annotations"]["opendatahub.io/template-display-name"] == "Two nodes"
    )
    assert metadata["labels"]["opendatahub.io/dashboard"] == "false"


def test_the_version_that_the_dashboard_shows_is_text(
    runtime: One, error: Callable[..., str]
) -> None:
    """U5: upstream rendered 0.10 as a number, and fell over a numeric tag."""
    version = "opendatahub.io/runtime-version"
    assert runtime()["metadata"]["annotations"][version] == "v0.9.0.1"
    values = {"image": {"runtimeVersionOverride": "0.10"}}
    assert runtime(values=values)["metadata"]["annotations"][version] == "0.10"
    assert "/image/tag" in error(values={"image": {"tag": 0.11}})
