"""Ordered faults: each variable has its effect, and a wrong value prevents the start."""

from __future__ import annotations

import http.client
import json
import time

import pytest

from helm_llm.simulator.faults import Faults, read_faults
from tests.simulator.conftest import Start
from tests.simulator.engine import Engine, refused


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIM_STARTUP_SECONDS", "soon"),
        ("SIM_STARTUP_SECONDS", "-1"),
        ("SIM_STARTUP_SECONDS", "nan"),
        ("SIM_STARTUP_MODE", "slow"),
        ("SIM_FAIL_START", "boom"),
        ("SIM_FAIL_START", "256"),
        ("SIM_CRASH_AFTER", "x"),
        ("SIM_UNHEALTHY_AFTER", "x"),
        ("SIM_HANG_AFTER", "inf"),
        ("SIM_STATUS", "health=503"),
        ("SIM_STATUS", "/health=999"),
        ("SIM_STATUS", "/health"),
        ("SIM_ERROR_RATE", "1.5"),
        ("SIM_TOKEN_SECONDS", "x"),
        ("SIM_IGNORE_TERM", "yes"),
        ("SIM_GPUS", "two"),
        ("SIM_PERSONALITY", "ollama"),
        ("SIM_VLLM_VERSION", "newest"),
        ("SIM_REQUIRE_LOCAL_MODEL", "no"),
        ("SIM_SKIP_MODEL", "no"),
    ],
)
def test_a_value_that_cannot_be_read(name: str, value: str) -> None:
    done = refused("m", **{name: value})
    assert done.code == 3
    assert done.last.startswith("[simulator] ")
    assert f"{name}={value}" in done.last


def test_all_are_read() -> None:
    given = {
        "SIM_STARTUP_SECONDS": "1.5",
        "SIM_STARTUP_MODE": "refuse",
        "SIM_FAIL_START": "3:why: because",
        "SIM_CRASH_AFTER": "2",
        "SIM_UNHEALTHY_AFTER": "3",
        "SIM_HANG_AFTER": "4",
        "SIM_STATUS": "/a=500, /b=204",
        "SIM_ERROR_RATE": "0.25",
        "SIM_TOKEN_SECONDS": "0.1",
        "SIM_IGNORE_TERM": "1",
    }
    expected = Faults(
        1.5,
        "refuse",
        (3, "why: because"),
        2,
        3,
        4,
        {"/a": 500, "/b": 204},
        0.25,
        0.1,
        ignore_term=True,
    )
    assert read_faults(given) == expected
    assert read_faults(dict.fromkeys(given, "")) == read_faults({}) == Faults()


def test_a_crash(start: Start) -> None:
    engine = start("m", SIM_CRASH_AFTER="0.5")
    assert engine.get("/health").status == 200
    assert engine.process.wait(10) == 1


def test_health_that_goes(start: Start) -> None:
    engine = start("m", SIM_UNHEALTHY_AFTER="0.5")
    assert engine.get("/health").status == 200
    time.sleep(0.5)
    assert (engine.get("/health").status, engine.get("/ping").status) == (503, 503)
    assert engine.process.poll() is None


def test_silence(start: Start) -> None:
    engine = start("m", SIM_HANG_AFTER="0")
    connection = http.client.HTTPConnection(engine.host, engine.port, timeout=0.5)
    connection.request("GET", "/health")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert engine.stop() == 0


def test_a_status_for_a_path_or_a_request(start: Start) -> None:
    engine = start("m", SIM_STATUS="/v1/models=500,/health=404")
    assert (
        engine.get("/v1/models").status,
        engine.get("/health").status,
        engine.get("/version").status,
    ) == (
        500,
        404,
        200,
    )
    ordered = engine.get("/version", x_simulate_status="418")
    assert ordered.status == 418
    assert ordered.json["error"]["code"] == 418
    assert engine.get("/version", x_simulate_status="tea").status == 400


def failures(engine: Engine, number: int) -> list[int]:
    return [index for index in range(1, number + 1) if engine.chat().status == 500]


def test_every_so_many_fail(start: Start) -> None:
    assert failures(start("m", SIM_ERROR_RATE="0.25"), 8) == [4, 8]
    assert failures(start("m", SIM_ERROR_RATE="1"), 2) == [1, 2]


def test_a_stream_fails_in_the_middle(start: Start) -> None:
    engine = start("m", SIM_ERROR_RATE="1")
    answer = engine.chat(stream=True)
    first, failure, last = answer.events
    assert (answer.status, last) == (200, "[DONE]")
    assert json.loads(first)["choices"][0]["delta"]["role"] == "assistant"
    assert json.loads(failure)["error"]["type"] == "InternalServerError"
    assert 'finished_reason="error",model_name="m"} 1.0' in engine.get("/metrics").text
