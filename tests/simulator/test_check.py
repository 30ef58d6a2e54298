"""The client for clusters without curl."""

from __future__ import annotations

import time

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import Engine, ended, free_port


@pytest.mark.parametrize(
    "words", [(), ("--expect-model", "tiny"), ("--expect-model=sql", "--retries=3")]
)
def test_a_right_answer(engine: Engine, words: tuple[str, ...]) -> None:
    url = f"{engine.url}/v1/models"
    done = ended("check", url, *words)
    assert (done.code, done.last) == (0, f"ok: {url}")


def test_the_wrong_model(engine: Engine) -> None:
    done = ended("check", f"{engine.url}/v1/models", "--expect-model=x")
    assert done.code == 1
    assert "model x is not served; served: small, tiny, sql" in done.last


def test_an_answer_that_lists_no_models(engine: Engine) -> None:
    done = ended("check", f"{engine.url}/version", "--expect-model=x")
    assert done.code == 1
    assert "not a list of models" in done.last


def test_headers(start: Start) -> None:
    locked = start("m", VLLM_API_KEY="k")
    url = f"{locked.url}/v1/models"
    done = ended("check", url)
    assert (done.code, "status 401" in done.last) == (1, True)
    assert ended("check", url, "--header", "Authorization: Bearer k").code == 0


def test_it_tries_again() -> None:
    begun = time.monotonic()
    done = ended("check", f"http://127.0.0.1:{free_port()}/health", "--retries=1")
    assert (done.code, "refused" in done.last) == (1, True)
    assert time.monotonic() - begun > 2
