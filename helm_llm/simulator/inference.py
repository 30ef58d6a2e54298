"""The two routes that generate text, with their metrics and ordered failures."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Generator
from typing import TypeAlias

from helm_llm.simulator import bodies, completion
from helm_llm.simulator.completion import Completion
from helm_llm.simulator.failure import simulated_error
from helm_llm.simulator.message import (
    Json,
    Request,
    Response,
    json_response,
    server_sent_event,
)
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.settings import Settings

EVENTS = "text/event-stream; charset=utf-8"
_DONE = b"data: [DONE]\n\n"

Answer: TypeAlias = Callable[[Json, Settings], Completion]


class Inference:
    """Responses of one server to requests for text."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._numbers = itertools.count(1)

    def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        return self._respond(bodies.CHAT, completion.answer_chat, request)

    def text(self, request: Request) -> Response:
        """POST /v1/completions."""
        return self._respond(bodies.TEXT, completion.answer_text, request)

    def _respond(self, kind: bodies.Kind, answer: Answer, request: Request) -> Response:
        answered = answer(request.json(), self._settings)
        fails = self._is_failure(next(self._numbers))
        if answered.stream:
            events = self._stream(kind, answered, fails=fails)
            return Response(content_type=EVENTS, events=events)
        started = time.monotonic()
        self._metrics.begin()
        if fails:
            self._end(answered, "error", 0.0, started)
            raise simulated_error(500)
        self._end(answered, "", 0.0, started)
        body = bodies.answer_body(kind, answered, self._settings.fingerprint)
        return json_response(body)

    def _stream(
        self, kind: bodies.Kind, answered: Completion, *, fails: bool
    ) -> Generator[bytes, None, None]:
        started, first_token = time.monotonic(), 0.0
        reason = "abort"  # stays if the client goes away
        self._metrics.begin()
        fingerprint = self._settings.fingerprint
        try:
            for chunk in bodies.chunks(kind, answered, fingerprint, self._pause):
                first_token = first_token or time.monotonic() - started
                yield server_sent_event(chunk)
                if fails:
                    error = simulated_error(500)
                    body = error.body(flat=self._settings.flat_errors)
                    yield server_sent_event(body)
                    break
            yield _DONE
            reason = ""
            if fails:
                reason = "error"
        finally:
            self._end(answered, reason, first_token, started)

    def _end(
        self, answered: Completion, reason: str, first_token: float, started: float
    ) -> None:
        """Count a request; without a reason each choice has its own."""
        reasons = Counter(reason or choice.finish_reason for choice in answered.choices)
        seconds = time.monotonic() - started
        self._metrics.end(answered, reasons, first_token, seconds)

    def _pause(self) -> None:
        seconds = self._settings.faults.token_seconds
        if seconds:
            time.sleep(seconds)

    def _is_failure(self, number: int) -> bool:
        # Every n-th request fails, not a random one, so tests can count on it.
        rate = self._settings.faults.error_rate
        return int(number * rate) > int((number - 1) * rate)
