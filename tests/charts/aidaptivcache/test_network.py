"""The Service and the port of the server."""

from collections.abc import Callable
from typing import Any

import pytest

Kind = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("values", "container", "port", "target"),
    [
        ({}, 8000, 8000, "http"),
        ({"vllm": {"args": {"port": 9000}}, "service": {"port": 80}}, 9000, 80, "http"),
        ({"service": {"targetPort": 8080}}, 8000, 8000, 8080),
    ],
)
def test_the_service_follows_the_server_unless_told_otherwise(
    kind: Kind,
    server: Kind,
    values: dict[str, Any],
    container: int,
    port: int,
    target: int | str,
) -> None:
    assert server(values=values)["ports"] == [
        {"name": "http", "containerPort": container, "protocol": "TCP"}
    ]
    spec = kind("Service", values=values)["spec"]
    assert spec["type"] == "NodePort"
    assert spec["ports"] == [
        {"name": "http", "port": port, "targetPort": target, "protocol": "TCP"}
    ]


@pytest.mark.parametrize(
    ("type_", "node_port"),
    [("ClusterIP", None), ("NodePort", 30299), ("LoadBalancer", 30299)],
)
def test_a_node_port_needs_a_service_that_has_one(
    kind: Kind, type_: str, node_port: int | None
) -> None:
    spec = kind("Service", values={"service": {"type": type_, "nodePort": 30299}})[
        "spec"
    ]
    assert spec["type"] == type_
    assert spec["ports"][0].get("nodePort") == node_port
