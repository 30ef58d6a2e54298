"""When the wait for workloads looks again."""

import time

from helm_llm.harness.ready import _until_next_look
from helm_llm.process import Serving


def _waits(changes: Serving, waited: float) -> float:
    start = time.monotonic()
    _until_next_look(changes, waited)
    return time.monotonic() - start


def test_a_change_ends_the_pause() -> None:
    with Serving("sh", "-c", "echo deployment.apps/llm; exec sleep 60") as changes:
        assert _waits(changes, waited=30) < 2
        assert _waits(changes, waited=30) > 2


def test_without_a_watch_it_looks_now_and_then() -> None:
    """Not everybody who may read may watch."""
    with Serving("sh", "-c", "echo forbidden >&2; exit 1") as changes:
        _waits(changes, waited=0)
        assert _waits(changes, waited=0) > 0.9
