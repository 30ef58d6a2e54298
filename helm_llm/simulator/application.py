"""What happens to a request before it reaches a route: faults, readiness, API keys."""

from __future__ import annotations

import hashlib
import hmac

from helm_llm.simulator.failure import ApiError, simulated_error
from helm_llm.simulator.faults import parse_http_status
from helm_llm.simulator.lifecycle import Lifecycle
from helm_llm.simulator.message import Request, Response, json_response
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.routes import Routes, build_routes, unavailable_response
from helm_llm.simulator.settings import Settings

_GUARDED = ("/v1", "/v2", "/inference", "/cohere")
"""Paths for which vLLM checks the API key."""
_LIVE = "/v1/health/live"


class Application:
    """Responses of one server."""

    def __init__(
        self, settings: Settings, lifecycle: Lifecycle, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._lifecycle = lifecycle
        self.routes: Routes = build_routes(settings, lifecycle, metrics)

    def respond(self, request: Request) -> Response:
        """The response to one request, which may be an error."""
        try:
            self._raise_ordered_fault(request)
            return self._dispatch(request, self._path_below_root(request.path))
        except ApiError as error:
            body = error.body(flat=self._settings.flat_errors)
            return json_response(body, error.status)

    def _raise_ordered_fault(self, request: Request) -> None:
        status = self._settings.faults.status.get(request.path)
        header = request.headers.get("x-simulate-status")
        if header:
            try:
                status = parse_http_status(header)
            except ValueError as error:
                message = f"x-simulate-status: {error}"
                raise ApiError(400, "BadRequestError", message) from None
        if status:
            raise simulated_error(status)

    def _dispatch(self, request: Request, path: str) -> Response:
        is_live_probe = path == _LIVE and path in self.routes
        if not self._lifecycle.is_ready and not is_live_probe:
            return unavailable_response(self._settings)
        if not self._is_allowed(request, path):
            return json_response({"error": "Unauthorized"}, 401)
        methods = self.routes.get(path)
        if methods is None:
            return json_response({"detail": "Not Found"}, 404)
        handler = methods.get(request.method)
        if handler is None:
            body = {"detail": "Method Not Allowed"}
            return json_response(body, 405, allow=", ".join(methods))
        return handler(request)

    def _is_allowed(self, request: Request, path: str) -> bool:
        keys = self._settings.api_keys
        if not keys:
            return True
        # A browser sends the preflight request of CORS without the key.
        if request.method == "OPTIONS":
            return True
        if not path.startswith(_GUARDED):
            return True
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        return any(_is_same_key(key, known) for known in keys)

    def _path_below_root(self, path: str) -> str:
        # A proxy may strip the root path or leave it.
        root = self._settings.root_path
        if root and path.startswith(f"{root}/"):
            return path.removeprefix(root)
        return path


def _is_same_key(key: str, known: str) -> bool:
    # Digests have the same length, so the time of the comparison shows nothing.
    given = hashlib.sha256(key.encode(errors="replace")).digest()
    expected = hashlib.sha256(known.encode(errors="replace")).digest()
    return hmac.compare_digest(given, expected)
