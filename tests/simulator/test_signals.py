"""SIGTERM and SIGINT, before and after readiness."""

from __future__ import annotations

import http.client
import signal
import threading
import time

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import Answer, Engine


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_ready_server_ends_well_and_at_once(start: Start, number: int) -> None:
    engine = start("m")
    begun = time.monotonic()
    assert engine.stop(number) == 0
    assert time.monotonic() - begun < 1
    assert "mode=abort timeout=0s" in engine.log.read_text()


def test_open_connections_do_not_hold_it_up(start: Start) -> None:
    slow = start("m", SIM_TOKEN_SECONDS="5")
    thread = threading.Thread(target=cut_off, args=(slow,))
    thread.start()
    wait_for_a_request(slow)
    begun = time.monotonic()
    assert slow.stop() == 0
    assert time.monotonic() - begun < 1
    thread.join()


def test_requests_may_finish_if_there_is_time(start: Start) -> None:
    slow = start("m", "--shutdown-timeout=10", SIM_TOKEN_SECONDS="0.2")
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(slow.chat(stream=True)))
    thread.start()
    wait_for_a_request(slow)
    slow.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert not slow.accepts()
    assert slow.process.wait(10) == 0
    thread.join()
    assert answers[0].events[-1] == "[DONE]"
    assert "mode=drain timeout=10s" in slow.log.read_text()


def test_but_no_longer_than_that(start: Start) -> None:
    slow = start("m", "--shutdown-timeout=1", SIM_TOKEN_SECONDS="30")
    thread = threading.Thread(target=cut_off, args=(slow,))
    thread.start()
    wait_for_a_request(slow)
    begun = time.monotonic()
    assert slow.stop() == 0
    assert 0.9 < time.monotonic() - begun < 5
    thread.join()


def test_before_it_is_ready_it_was_interrupted(launch: Start) -> None:
    engine = launch("m", SIM_STARTUP_SECONDS="60")
    while "non-default" not in engine.log.read_text():
        time.sleep(0.01)
    assert engine.stop() == 130


def test_a_server_that_does_not_listen_to_sigterm(start: Start) -> None:
    deaf = start("m", SIM_IGNORE_TERM="1")
    deaf.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert deaf.get("/health").status == 200


def cut_off(engine: Engine) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        engine.chat(stream=True)


def wait_for_a_request(engine: Engine) -> None:
    deadline = time.monotonic() + 10
    while (
        'vllm:num_requests_running{engine="0",model_name="m"} 1.0'
        not in engine.get("/metrics").text
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)
