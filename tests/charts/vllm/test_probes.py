"""How long a pod may take to start, and how it is watched afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

Server = Callable[..., dict[str, Any]]

HEALTH = {"httpGet": {"path": "/health", "port": "http"}}
MANUAL = {"enabled": False}


@pytest.mark.parametrize(
    ("seconds", "threshold"),
    [
        (60, 3),
        (61, 4),
        (75, 4),
        (76, 5),
        (300, 19),
        (600, 39),
        (1800, 119),
        (3600, 239),
    ],
)
def test_the_startup_probe_never_gives_up_early_nor_much_later(
    server: Server, seconds: int, threshold: int
) -> None:
    probe = server(values={"slowStart": {"maxStartupSeconds": seconds}})["startupProbe"]
    times = {"initialDelaySeconds": 30, "periodSeconds": 15, "timeoutSeconds": 10}
    assert probe == {**HEALTH, **times, "failureThreshold": threshold}
    last_try = 30 + 15 * (threshold - 1)
    assert seconds <= last_try < seconds + 15


def test_slow_start_sets_the_other_probes_too(server: Server) -> None:
    container = server()
    assert container["livenessProbe"] == {
        **HEALTH,
        "periodSeconds": 30,
        "timeoutSeconds": 10,
        "failureThreshold": 3,
    }
    assert container["readinessProbe"] == {
        **HEALTH,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 2,
    }


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ({}, 1200),
        ({"slowStart": {"maxStartupSeconds": 3600}}, 4200),
        ({"progressDeadlineSeconds": 7200}, 7200),
        ({"slowStart": MANUAL}, None),
        ({"slowStart": MANUAL, "progressDeadlineSeconds": 1000000}, 1000000),
    ],
)
def test_a_rollout_waits_longer_than_the_probes(
    deployment: Callable[..., Any], values: dict[str, Any], seconds: int | None
) -> None:
    assert deployment(values=values).get("progressDeadlineSeconds") == seconds


def test_by_hand_the_probes_are_the_documented_ones(server: Server) -> None:
    container = server(values={"slowStart": MANUAL})
    startup = {
        "initialDelaySeconds": 10,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 60,
    }
    assert container["startupProbe"] == {**HEALTH, **startup}
    assert container["livenessProbe"] == {
        **HEALTH,
        "periodSeconds": 30,
        "timeoutSeconds": 10,
        "failureThreshold": 3,
    }
    assert container["readinessProbe"] == {
        **HEALTH,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }


def test_by_hand_any_field_of_a_probe_can_be_given(server: Server) -> None:
    secure = {"httpGet": {"scheme": "HTTPS"}, "failureThreshold": 120}
    by_command = {"httpGet": None, "exec": {"command": ["true"]}, "successThreshold": 2}
    container = server(
        values={
            "slowStart": MANUAL,
            "startupProbe": secure,
            "readinessProbe": by_command,
        }
    )
    assert container["startupProbe"]["httpGet"] == {
        **HEALTH["httpGet"],
        "scheme": "HTTPS",
    }
    assert container["startupProbe"]["failureThreshold"] == 120
    assert container["readinessProbe"]["exec"] == {"command": ["true"]}
    assert "httpGet" not in container["readinessProbe"]


@pytest.mark.parametrize("slow_start", [True, False])
def test_without_a_startup_probe_the_other_two_wait(
    server: Server, slow_start: bool
) -> None:
    values = {
        "slowStart": {"enabled": slow_start},
        "startupProbe": {"enabled": False},
        "livenessProbe": {"initialDelaySeconds": 900},
    }
    container = server(values=values)
    assert "startupProbe" not in container
    assert container["livenessProbe"]["initialDelaySeconds"] == 900
    assert container["readinessProbe"]["initialDelaySeconds"] == 60


@pytest.mark.parametrize("slow_start", [True, False])
@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_each_probe_can_be_left_out(
    server: Server, slow_start: bool, probe: str
) -> None:
    container = server(
        values={"slowStart": {"enabled": slow_start}, probe: {"enabled": False}}
    )
    assert probe not in container
    assert len([key for key in container if key.endswith("Probe")]) == 2
