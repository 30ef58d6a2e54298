"""Services, Ingress, autoscaler and ServiceMonitor."""

from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Named = Callable[..., Object]

LWS: Object = {"multiNode": {"enabled": True, "existingSSHSecret": "ssh"}}
MPI: Object = {"multiNode": {"enabled": True, "leaderWorkerSet": {"enabled": False}}}
OPENAI = {
    "name": "http-openai",
    "port": 8000,
    "targetPort": "http-openai",
    "protocol": "TCP",
}


def test_services(named: Named) -> None:
    service = {"type": "NodePort", "annotations": {"a": "b"}, "openaiPort": 80}
    main = named("Service/r-nim-llm", values={"service": service})
    headless = named("Service/r-nim-llm-sts", values={"service": service})
    assert main["spec"]["type"] == "NodePort"
    assert headless["spec"]["clusterIP"] == "None"
    assert (
        main["spec"]["ports"] == headless["spec"]["ports"] == [{**OPENAI, "port": 80}]
    )
    assert (
        main["metadata"]["annotations"]
        == headless["metadata"]["annotations"]
        == {"a": "b"}
    )


def test_only_a_stateful_set_has_a_headless_service(
    kinds: Callable[..., list[str]],
) -> None:
    for values in ({"statefulSet": {"enabled": False}}, LWS, MPI):
        assert kinds(values=values).count("Service") == 1


def test_the_older_port_key_wins(named: Named) -> None:
    service = {"openaiPort": 80, "openai_port": 81, "name": "llm"}
    assert named("Service/llm", values={"service": service})["spec"]["ports"] == [
        {**OPENAI, "port": 81}
    ]
    assert (
        named("StatefulSet/r-nim-llm", values={"service": service})["spec"][
            "serviceName"
        ]
        == "llm-sts"
    )


def test_legacy_ports(named: Named) -> None:
    service = {"http_port": 8080, "grpc_port": 8001, "metrics_port": 8002}
    values = {"model": {"legacyCompat": True, "nemo_port": 9998}, "service": service}
    ports = named("Service/r-nim-llm", values=values)["spec"]["ports"]
    assert [(each["name"], each["port"], each["targetPort"]) for each in ports] == [
        ("http-openai", 8000, "http-openai"),
        ("http", 8080, 8000),
        ("grpc", 8001, 8001),
        ("metrics", 8002, 8002),
        ("http-nemo", 9998, 9998),
    ]
    off = {**values, "metrics": {"enabled": False}, "service": {"nemo_port": 99}}
    ports = named("Service/r-nim-llm", values=off)["spec"]["ports"]
    assert [(each["name"], each["port"]) for each in ports] == [
        ("http-openai", 8000),
        ("http-nemo", 99),
    ]
    assert named("Service/r-nim-llm", values={"service": service})["spec"]["ports"] == [
        OPENAI
    ]


@pytest.mark.parametrize(
    ("values", "label"),
    [
        (LWS, ("nim-llm-role", "leader")),
        (MPI, ("training.kubeflow.org/replica-index", "0")),
    ],
)
def test_only_the_serving_pod_of_a_group_is_selected(
    named: Named, values: Object, label: tuple[str, str]
) -> None:
    selector = named("Service/r-nim-llm", values=values)["spec"]["selector"]
    base = {"app.kubernetes.io/name": "nim-llm", "app.kubernetes.io/instance": "r"}
    assert selector == {**base, label[0]: label[1]}


@pytest.mark.parametrize("name", ["", "llm"])
def test_ingress_leads_to_the_service(named: Named, name: str) -> None:
    nemo = {"path": "/nemo", "pathType": "Prefix", "serviceType": "nemo"}
    hosts = [
        {
            "host": "a.acme.internal",
            "paths": [{"path": "/v1", "serviceType": "openai"}, nemo],
        }
    ]
    values = {
        "service": {"name": name, "openaiPort": 80},
        "ingress": {
            "enabled": True,
            "className": "nginx",
            "hosts": hosts,
            "annotations": {"a": "b"},
        },
        "model": {"legacyCompat": True, "nemo_port": 9998},
    }
    ingress = named("Ingress/r-nim-llm", values=values)
    service = name or "r-nim-llm"
    assert {
        each["name"]
        for each in named(f"Service/{service}", values=values)["spec"]["ports"]
    } >= {"http-nemo"}
    assert ingress["metadata"]["annotations"] == {"a": "b"}
    assert ingress["spec"]["ingressClassName"] == "nginx"
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "a.acme.internal"
    backends = [
        (each["path"], each["pathType"], each["backend"]["service"])
        for each in rule["http"]["paths"]
    ]
    assert backends == [
        ("/v1", "ImplementationSpecific", {"name": service, "port": {"number": 80}}),
        ("/nemo", "Prefix", {"name": service, "port": {"name": "http-nemo"}}),
    ]


def test_a_host_cut_by_set_gets_all_paths(named: Named) -> None:
    arguments = ("--set=ingress.enabled=true", "--set=ingress.hosts[0].host=x")
    assert named("Ingress/r-nim-llm", *arguments)["spec"]["rules"] == [
        {
            "host": "x",
            "http": {
                "paths": [
                    {
                        "path": "/",
                        "pathType": "ImplementationSpecific",
                        "backend": {
                            "service": {"name": "r-nim-llm", "port": {"number": 8000}}
                        },
                    }
                ]
            },
        }
    ]


def test_a_rule_without_host(named: Named) -> None:
    tls = [{"hosts": ["a"], "secretName": "b"}]
    spec = named(
        "Ingress/r-nim-llm",
        values={"ingress": {"enabled": True, "hosts": [{}], "tls": tls}},
    )["spec"]
    assert "host" not in spec["rules"][0]
    assert spec["tls"] == tls


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({}, ("apps/v1", "StatefulSet", "r-nim-llm")),
        ({"statefulSet": {"enabled": False}}, ("apps/v1", "Deployment", "r-nim-llm")),
        (LWS, ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "mn-r-nim-llm")),
    ],
)
def test_the_autoscaler_counts_the_replicas(
    named: Named, values: Object, target: tuple[str, str, str]
) -> None:
    scaled = {
        **values,
        "replicaCount": 3,
        "autoscaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 4},
    }
    spec = named("HorizontalPodAutoscaler/r-nim-llm", values=scaled)["spec"]
    version, kind, name = target
    assert spec == {
        "scaleTargetRef": {"apiVersion": version, "kind": kind, "name": name},
        "minReplicas": 2,
        "maxReplicas": 4,
    }
    assert "replicas" not in named(f"{kind}/{name}", values=scaled)["spec"]
    assert (
        named(f"{kind}/{name}", values={**values, "replicaCount": 3})["spec"][
            "replicas"
        ]
        == 3
    )


def test_metrics_and_behaviour_of_the_autoscaler(named: Named) -> None:
    metrics = [
        {
            "type": "Resource",
            "resource": {
                "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 50},
            },
        }
    ]
    autoscaling = {"enabled": True, "metrics": metrics, "scaleDownStabilizationSecs": 0}
    spec = named(
        "HorizontalPodAutoscaler/r-nim-llm", values={"autoscaling": autoscaling}
    )["spec"]
    assert spec["metrics"] == metrics
    assert spec["behavior"] == {"scaleDown": {"stabilizationWindowSeconds": 0}}


def test_an_mpi_job_is_not_scaled(kinds: Callable[..., list[str]]) -> None:
    assert "HorizontalPodAutoscaler" not in kinds(
        values={**MPI, "autoscaling": {"enabled": True}}
    )


def test_one_service_is_scraped(objects: Callable[..., list[Object]]) -> None:
    monitor_values = {
        "enabled": True,
        "additionalLabels": {"release": "prometheus", "app.kubernetes.io/name": "x"},
    }
    rendered = objects(values={"metrics": {"serviceMonitor": monitor_values}})
    (monitor,) = (each for each in rendered if each["kind"] == "ServiceMonitor")
    labels = monitor["spec"]["selector"]["matchLabels"].items()
    scraped = [
        each
        for each in rendered
        if each["kind"] == "Service" and labels <= each["metadata"]["labels"].items()
    ]
    assert [each["metadata"]["name"] for each in scraped] == ["r-nim-llm"]
    assert monitor["spec"]["endpoints"] == [{"port": "http-openai"}]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["metadata"]["labels"]["app.kubernetes.io/name"] == "nim-llm"


def test_path_and_port_of_the_metrics(named: Named) -> None:
    monitor = {"enabled": True, "path": "/v1/metrics", "interval": "30s"}
    values = {"metrics": {"serviceMonitor": monitor}, "model": {"legacyCompat": True}}
    endpoints = named("ServiceMonitor/r-nim-llm", values=values)["spec"]["endpoints"]
    assert endpoints == [{"port": "metrics", "path": "/v1/metrics", "interval": "30s"}]
