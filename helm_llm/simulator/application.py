"""From a request to its answer: what stands before the routes."""

from __future__ import annotations

import hashlib
import hmac

from helm_llm.simulator.failure import ApiError, simulated
from helm_llm.simulator.faults import http_status
from helm_llm.simulator.life import Life
from helm_llm.simulator.message import Call, Reply, json_reply
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.routes import Routes, routes, unavailable
from helm_llm.simulator.settings import Settings

_GUARDED = ("/v1", "/v2", "/inference", "/cohere")
_LIVE = "/v1/health/live"


class Application:
    """One server's answers."""

    def __init__(self, settings: Settings, life: Life, metrics: Metrics) -> None:
        self._settings, self._life = settings, life
        self.routes: Routes = routes(settings, life, metrics)

    def reply(self, call: Call) -> Reply:
        """The answer to one request; errors are answers too."""
        try:
            self._fail_as_ordered(call)
            return self._gate(call, self._inner(call.path))
        except ApiError as error:
            return json_reply(error.body(flat=self._settings.flat_errors), error.status)

    def _fail_as_ordered(self, call: Call) -> None:
        status = self._settings.faults.status.get(call.path)
        header = call.headers.get("x-simulate-status")
        try:
            status = http_status(header) if header else status
        except ValueError as error:
            raise ApiError(
                400, "BadRequestError", f"x-simulate-status: {error}"
            ) from None
        if status:
            raise simulated(status)

    def _gate(self, call: Call, path: str) -> Reply:
        if not self._life.ready and not (path == _LIVE and path in self.routes):
            return unavailable(self._settings)
        if self._settings.api_keys and not self._allowed(call, path):
            return json_reply({"error": "Unauthorized"}, 401)
        methods = self.routes.get(path)
        if methods is None:
            return json_reply({"detail": "Not Found"}, 404)
        if call.method not in methods:
            return json_reply(
                {"detail": "Method Not Allowed"}, 405, allow=", ".join(methods)
            )
        return methods[call.method](call)

    def _allowed(self, call: Call, path: str) -> bool:
        if call.method == "OPTIONS" or not path.startswith(_GUARDED):
            return True
        scheme, _, key = call.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and any(
            _same(key, known) for known in self._settings.api_keys
        )

    def _inner(self, path: str) -> str:
        """The path as routes know it: a proxy may leave the root path on or take it off."""
        root = self._settings.root_path
        return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _same(key: str, known: str) -> bool:
    digests = [
        hashlib.sha256(text.encode(errors="replace")).digest() for text in (key, known)
    ]
    return hmac.compare_digest(*digests)
