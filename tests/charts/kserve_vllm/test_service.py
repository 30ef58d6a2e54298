"""The InferenceService: mode, model, scaling, placement."""

from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Part = Callable[..., Object]
RAW = {"deploymentMode": "RawDeployment"}
GPU = "nvidia.com/gpu"


@pytest.mark.parametrize(
    ("mode", "rendered"),
    [
        ("Serverless", "Serverless"),
        ("Knative", "Serverless"),
        ("RawDeployment",) * 2,
        ("Standard", "RawDeployment"),
    ],
)
def test_modes_have_the_names_that_every_release_takes(
    service: Part, mode: str, rendered: str
) -> None:
    rendered_service = service(values={"deploymentMode": mode})
    annotations = rendered_service["metadata"]["annotations"]
    assert annotations["serving.kserve.io/deploymentMode"] == rendered
    assert ("sidecar.istio.io/inject" in annotations) == (rendered == "Serverless")
    predictor = rendered_service["spec"]["predictor"]
    assert ("deploymentStrategy" in predictor) == (rendered == "RawDeployment"), (
        "Serverless refuses any strategy"
    )
    assert predictor.get("annotations", {}) == (
        {"serving.knative.dev/progress-deadline": "30m"}
        if rendered == "Serverless"
        else {}
    )


@pytest.mark.parametrize(
    ("mode", "public", "labels"),
    [
        ("Serverless", True, {}),
        ("Serverless", False, {"networking.knative.dev/visibility": "cluster-local"}),
        ("RawDeployment", True, {"networking.kserve.io/visibility": "exposed"}),
        ("RawDeployment", False, {"networking.kserve.io/visibility": "cluster-local"}),
    ],
)
def test_a_route_that_is_off_is_off(
    service: Part, mode: str, public: bool, labels: Object
) -> None:
    """U13: without the label plain KServe publishes an Ingress."""
    values = {
        "deploymentMode": mode,
        "endpoint": {"externalRoute": {"enabled": public}},
    }
    found = service(values=values)["metadata"]["labels"]
    assert {key: text for key, text in found.items() if "visibility" in key} == labels


@pytest.mark.parametrize("mode", ["Serverless", "RawDeployment"])
def test_what_null_takes_away_is_as_if_it_were_empty(service: Part, mode: str) -> None:
    route: Object = {"endpoint": {"externalRoute": {"enabled": None}}}
    taken = {
        "deploymentMode": mode,
        "inferenceService": {"labels": None, "annotations": None},
        **route,
    }
    off: Object = {
        "deploymentMode": mode,
        "endpoint": {"externalRoute": {"enabled": False}},
    }
    assert service(values=taken) == service(values=off)


def test_arguments_follow_the_served_name(predictor: Part) -> None:
    assert predictor()["model"]["args"] == [
        "--served-model-name={{.Name}}",
        "--gpu-memory-utilization=0.90",
    ]
    values = {
        "model": {
            "modelNameOverride": "granite 3",
            "args": ["--chat-template", '{"a": "b c"}'],
        }
    }
    args = predictor(values=values)["model"]["args"]
    assert args == ["--served-model-name=granite 3", "--chat-template", '{"a": "b c"}']
    assert len(predictor(values={"model": {"args": None}})["model"]["args"]) == 1


def test_the_model_comes_from_one_place(predictor: Part) -> None:
    model = predictor(
        values={
            "model": {"uri": "pvc://models/granite", "s3": {"key": "k", "path": "p"}}
        }
    )["model"]
    assert (model["storageUri"], "storage" in model) == ("pvc://models/granite", False)
    for mode in ("s3", "S3"):
        model = predictor(
            values={"model": {"mode": mode, "s3": {"key": "k", "path": "p"}}}
        )["model"]
        assert (model["storage"], "storageUri" in model) == (
            {"key": "k", "path": "p"},
            False,
        )
    assert model["modelFormat"] == {"name": "vLLM"}


def test_pods_are_placed_by_fields_that_kserve_reads(predictor: Part) -> None:
    """U2, U14: nodeSelector belongs to the predictor; nothing is rendered for null."""
    affinity: Object = {"nodeAffinity": {}}
    placed = predictor(
        values={
            "nodeSelector": {"gpu": "a100"},
            "affinity": affinity,
            "serviceAccountName": "puller",
        }
    )
    assert (placed["nodeSelector"], placed["affinity"]) == ({"gpu": "a100"}, affinity)
    assert placed["serviceAccountName"] == "puller"
    assert "nodeSelector" not in placed["model"]
    assert placed["tolerations"] == [
        {"key": GPU, "operator": "Exists", "effect": "NoSchedule"}
    ]
    bare = predictor(values={"tolerations": None})
    assert not {
        "tolerations",
        "nodeSelector",
        "affinity",
        "imagePullSecrets",
        "serviceAccountName",
    } & set(bare)


@pytest.mark.parametrize(
    "values", [{"resources": None}, {"resources": {"limits": None, "requests": None}}]
)
def test_no_resources_at_all(predictor: Part, values: Object) -> None:
    """U4: upstream panicked."""
    assert "resources" not in predictor(values=values)["model"]


def test_nulls_drop_a_default(predictor: Part) -> None:
    values = {
        "resources": {
            kind: {GPU: None, "amd.com/gpu": 2, "memory": 17179869184}
            for kind in ("limits", "requests")
        }
    }
    resources = predictor(values=values)["model"]["resources"]
    assert resources["limits"] == {
        "cpu": "2",
        "memory": "17179869184",
        "amd.com/gpu": "2",
    }
    by_option = predictor(
        "--set",
        r"resources.limits.nvidia\.com/gpu=null,resources.requests.nvidia\.com/gpu=null",
    )
    assert by_option["model"]["resources"]["requests"] == {"cpu": "1", "memory": "4Gi"}


@pytest.mark.parametrize(
    ("scaling", "rendered"),
    [
        ({}, {"minReplicas": 1, "maxReplicas": 1}),
        ({"minReplicas": 0, "maxReplicas": 0}, {"minReplicas": 0}),
        (
            {"scaleMetric": "rps", "scaleTarget": 10},
            {"scaleMetric": "rps", "scaleTarget": 10},
        ),
        ({"scaleTarget": "10"}, {"scaleTarget": 10}),
        (
            {"serverless": {"scaleMetric": "rps", "scaleTarget": 1048576}},
            {"scaleMetric": "rps", "scaleTarget": 1048576},
        ),
        (
            {
                "scaleMetric": "cpu",
                "serverless": {"scaleMetric": "rps", "scaleTarget": "7"},
            },
            {"scaleMetric": "cpu", "scaleTarget": 7},
        ),
    ],
)
def test_scaling(predictor: Part, scaling: Object, rendered: Object) -> None:
    """U16: the keys that the upstream README names work."""
    found = predictor(values={"scaling": scaling})
    keys = ("minReplicas", "maxReplicas", "scaleMetric", "scaleTarget")
    expected = {"minReplicas": 1, "maxReplicas": 1} | rendered
    if scaling.get("maxReplicas") == 0:
        del expected["maxReplicas"]
    assert {key: found[key] for key in keys if key in found} == expected


@pytest.mark.parametrize(
    ("metric", "other"), [("cpu", True), ("memory", True), ("rps", False), ("", False)]
)
def test_knative_scales_on_the_processor_by_its_other_autoscaler(
    service: Part, metric: str, other: bool
) -> None:
    """U16: without the class KServe refuses the metric."""
    for scaling in ({"scaleMetric": metric}, {"serverless": {"scaleMetric": metric}}):
        annotations = service(values={"scaling": scaling})["metadata"]["annotations"]
        assert ("autoscaling.knative.dev/class" in annotations) == other
    annotations = service(
        values={**RAW, "scaling": {"scaleMetric": metric if other else ""}}
    )["metadata"]["annotations"]
    assert "autoscaling.knative.dev/class" not in annotations


def test_what_is_knatives_stays_out_of_a_deployment(predictor: Part) -> None:
    scaling = {
        "serverless": {
            "scaleMetric": "rps",
            "scaleTarget": 7,
            "timeout": "1h",
            "retentionPeriod": "10m",
        }
    }
    assert predictor(values={"scaling": scaling})["annotations"] == {
        "serving.knative.dev/progress-deadline": "1h",
        "autoscaling.knative.dev/scale-to-zero-pod-retention-period": "10m",
    }
    assert predictor(values={**RAW, "scaling": scaling}) == predictor(values=RAW)


def test_the_update_strategy(predictor: Part) -> None:
    given = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "50%"},
    }
    values = {**RAW, "scaling": {"rawDeployment": {"deploymentStrategy": given}}}
    assert predictor(values=values)["deploymentStrategy"] == given


def test_annotations_on_demand(service: Part) -> None:
    values = {
        "scaling": {"stopped": True},
        "hardwareProfile": {"name": "large", "namespace": "profiles"},
        "endpoint": {"auth": {"enabled": True}},
    }
    wanted = {
        "serving.kserve.io/stop": "true",
        "opendatahub.io/hardware-profile-name": "large",
        "opendatahub.io/hardware-profile-namespace": "profiles",
        "security.opendatahub.io/enable-auth": "true",
    }
    assert wanted.items() <= service(values=values)["metadata"]["annotations"].items()
    assert not wanted.keys() & service()["metadata"]["annotations"].keys()
