"""Service, Ingress, scaling, disruption budget, monitoring."""

from collections.abc import Callable
from typing import Any

import pytest

Named = Callable[..., dict[str, Any]]

TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "r-vllm"}
SELECTOR = {"app.kubernetes.io/name": "vllm", "app.kubernetes.io/instance": "r"}


def test_only_the_needed_objects_are_rendered(kinds: Callable[..., list[str]]) -> None:
    assert kinds() == [
        "Deployment",
        "PersistentVolumeClaim",
        "Service",
        "ServiceAccount",
    ]


@pytest.mark.parametrize(
    "values", [{}, {"vllm": {"port": 9000}, "service": {"port": 80}}]
)
def test_the_service_follows_the_port_of_the_server(
    named: Named, server: Named, values: dict[str, Any]
) -> None:
    (container_port,) = server(values=values)["ports"]
    assert container_port["containerPort"] == values.get("vllm", {}).get("port", 8000)
    spec = named("Service/r-vllm", values=values)["spec"]
    assert spec["selector"] == SELECTOR
    assert spec["ports"] == [
        {
            "name": "http",
            "port": values.get("service", {}).get("port", 8000),
            "targetPort": container_port["name"],
            "protocol": "TCP",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "node_port"),
    [("ClusterIP", None), ("NodePort", 30080), ("LoadBalancer", 30080)],
)
def test_a_node_port_needs_a_service_that_has_one(
    named: Named, kind: str, node_port: int | None
) -> None:
    service = {
        "type": kind,
        "nodePort": 30080,
        "targetPort": 8080,
        "annotations": {"a": "b"},
    }
    rendered = named("Service/r-vllm", values={"service": service})
    (port,) = rendered["spec"]["ports"]
    assert rendered["spec"]["type"] == kind
    assert rendered["metadata"]["annotations"] == {"a": "b"}
    assert (port["targetPort"], port.get("nodePort")) == (8080, node_port)


def path(name: str = "/", kind: str = "Prefix") -> dict[str, Any]:
    return {
        "path": name,
        "pathType": kind,
        "backend": {"service": {"name": "r-vllm", "port": {"name": "http"}}},
    }


def test_the_default_ingress(named: Named) -> None:
    ingress = named("Ingress/r-vllm", "--set", "ingress.enabled=true")
    assert ingress["apiVersion"] == "networking.k8s.io/v1"
    assert ingress["spec"] == {
        "rules": [{"host": "vllm.local", "http": {"paths": [path()]}}]
    }


def test_a_host_set_on_the_command_line_gets_the_default_path(named: Named) -> None:
    ingress = named(
        "Ingress/r-vllm",
        "--set",
        "ingress.enabled=true",
        "--set",
        "ingress.hosts[0].host=llm.acme",
    )
    assert ingress["spec"]["rules"] == [
        {"host": "llm.acme", "http": {"paths": [path()]}}
    ]


def test_the_class_is_a_field_and_no_annotation(named: Named) -> None:
    tls = [{"secretName": "tls", "hosts": ["a"]}]
    hosts = [
        {
            "host": "a",
            "paths": [{"path": "/v1"}, {"path": "/health", "pathType": "Exact"}],
        },
        {},
    ]
    values = {
        "ingress": {"enabled": True, "className": "nginx", "hosts": hosts, "tls": tls}
    }
    ingress = named("Ingress/r-vllm", values=values)
    assert "annotations" not in ingress["metadata"]
    assert ingress["spec"] == {
        "ingressClassName": "nginx",
        "tls": tls,
        "rules": [
            {"host": "a", "http": {"paths": [path("/v1"), path("/health", "Exact")]}},
            {"http": {"paths": [path()]}},
        ],
    }


def utilization(resource: str, percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


WAITING = {
    "type": "Pods",
    "pods": {
        "metric": {"name": "waiting"},
        "target": {"type": "AverageValue", "averageValue": "5"},
    },
}


@pytest.mark.parametrize(
    ("autoscaling", "metrics"),
    [
        ({}, [utilization("cpu", 80)]),
        (
            {"targetMemoryUtilizationPercentage": 70},
            [utilization("cpu", 80), utilization("memory", 70)],
        ),
        ({"targetCPUUtilizationPercentage": None}, None),
        ({"targetCPUUtilizationPercentage": None, "metrics": [WAITING]}, [WAITING]),
        ({"metrics": [WAITING]}, [utilization("cpu", 80), WAITING]),
    ],
)
def test_metrics_are_those_asked_for(
    named: Named, autoscaling: dict[str, Any], metrics: list[Any] | None
) -> None:
    spec = named(
        "HorizontalPodAutoscaler/r-vllm",
        values={"autoscaling": {"enabled": True, **autoscaling}},
    )["spec"]
    assert spec.pop("metrics", None) == metrics
    assert spec == {"scaleTargetRef": TARGET, "minReplicas": 1, "maxReplicas": 100}


def test_scaling_behaviour_is_passed_on(named: Named) -> None:
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 600}}
    autoscaling = {
        "enabled": True,
        "minReplicas": 2,
        "maxReplicas": 4,
        "behavior": behavior,
    }
    spec = named("HorizontalPodAutoscaler/r-vllm", values={"autoscaling": autoscaling})[
        "spec"
    ]
    assert (spec["behavior"], spec["minReplicas"], spec["maxReplicas"]) == (
        behavior,
        2,
        4,
    )


@pytest.mark.parametrize(
    ("budget", "rendered"),
    [
        ({}, {"maxUnavailable": 1}),
        ({"maxUnavailable": "25%"}, {"maxUnavailable": "25%"}),
        ({"minAvailable": 0}, {"minAvailable": 0}),
        ({"minAvailable": "50%", "maxUnavailable": 2}, {"minAvailable": "50%"}),
    ],
)
def test_a_disruption_budget_has_one_limit(
    named: Named, budget: dict[str, Any], rendered: dict[str, Any]
) -> None:
    spec = named(
        "PodDisruptionBudget/r-vllm",
        values={"podDisruptionBudget": {"enabled": True, **budget}},
    )["spec"]
    assert spec == {**rendered, "selector": {"matchLabels": SELECTOR}}


def test_a_service_monitor_needs_both_switches(
    named: Named, kinds: Callable[..., list[str]]
) -> None:
    monitor = {"enabled": True, "interval": "15s", "labels": {"release": "prometheus"}}
    assert "ServiceMonitor" not in kinds(
        values={"monitoring": {"serviceMonitor": monitor}}
    )
    assert "ServiceMonitor" not in kinds(values={"monitoring": {"enabled": True}})
    values = {"monitoring": {"enabled": True, "serviceMonitor": monitor}}
    rendered = named("ServiceMonitor/r-vllm", values=values)
    assert rendered["metadata"]["labels"]["release"] == "prometheus"
    service = named("Service/r-vllm", values=values)
    assert (
        rendered["spec"]["selector"]["matchLabels"].items()
        <= service["metadata"]["labels"].items()
    )
    (endpoint,) = rendered["spec"]["endpoints"]
    assert endpoint == {
        "port": "http",
        "path": "/metrics",
        "interval": "15s",
        "scrapeTimeout": "10s",
    }
