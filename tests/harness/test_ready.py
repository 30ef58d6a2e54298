"""When the wait for workloads looks again."""

import time

import pytest

from helm_llm.harness import ready
from helm_llm.process import Serving


def _waits(changes: Serving) -> float:
    start = time.monotonic()
    ready._until_next_look(changes)
    return time.monotonic() - start


def test_a_change_ends_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "UNWATCHED", 3)
    with Serving("sh", "-c", "echo deployment.apps/llm; exec sleep 60") as changes:
        assert _waits(changes) < 2
        assert _waits(changes) > 2


def test_without_a_watch_it_looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "UNWATCHED", 1)
    with Serving("sh", "-c", "echo forbidden >&2; exit 1") as changes:
        _waits(changes)
        assert _waits(changes) > 0.9
