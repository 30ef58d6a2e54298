"""The two routes that generate, with their counters and the failures they were told to have."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from typing import Any

from helm_llm.simulator import completion, shapes
from helm_llm.simulator.completion import Completion
from helm_llm.simulator.failure import simulated
from helm_llm.simulator.message import Call, Reply, event, json_reply
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.settings import Settings

EVENTS = "text/event-stream; charset=utf-8"
_DONE = b"data: [DONE]\n\n"


class Inference:
    """Answers to one server's requests for text."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._numbers = itertools.count(1)

    def chat(self, call: Call) -> Reply:
        """POST /v1/chat/completions."""
        return self._reply(shapes.CHAT, completion.chat, call)

    def text(self, call: Call) -> Reply:
        """POST /v1/completions."""
        return self._reply(shapes.TEXT, completion.text, call)

    def _reply(
        self,
        kind: shapes.Kind,
        understand: Callable[[Mapping[str, Any], Settings], Completion],
        call: Call,
    ) -> Reply:
        understood = understand(call.json(), self._settings)
        fails, started = self._fails(next(self._numbers)), time.monotonic()
        if understood.stream:
            return Reply(
                content_type=EVENTS, events=self._stream(kind, understood, fails=fails)
            )
        self._metrics.begin()
        self._end(understood, "error" if fails else "", 0.0, started)
        if fails:
            raise simulated(500)
        return json_reply(shapes.answer(kind, understood, self._settings.fingerprint))

    def _stream(
        self, kind: shapes.Kind, understood: Completion, *, fails: bool
    ) -> Generator[bytes, None, None]:
        started, first_token, reason = time.monotonic(), 0.0, "abort"
        self._metrics.begin()
        pieces = shapes.chunks(
            kind, understood, self._settings.fingerprint, self._pause
        )
        try:
            for piece in pieces:
                first_token = first_token or time.monotonic() - started
                yield event(piece)
                if fails:
                    yield event(simulated(500).body(flat=self._settings.flat_errors))
                    break
            yield _DONE
            reason = "error" if fails else ""
        finally:
            self._end(understood, reason, first_token, started)

    def _end(
        self, understood: Completion, reason: str, first_token: float, started: float
    ) -> None:
        reasons = Counter(
            reason or choice.finish_reason for choice in understood.choices
        )
        self._metrics.end(understood, reasons, first_token, time.monotonic() - started)

    def _pause(self) -> None:
        if self._settings.faults.token_seconds:
            time.sleep(self._settings.faults.token_seconds)

    def _fails(self, number: int) -> bool:
        """Every so many, not at random: a test that counts them always counts the same."""
        rate = self._settings.faults.error_rate
        return int(number * rate) > int((number - 1) * rate)
