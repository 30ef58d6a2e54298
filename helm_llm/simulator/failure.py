"""Errors of an engine that does not start, and of requests that fail."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus


class StartFailed(Exception):
    """The engine exits before it serves. The text is the end of its log."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class BadSetting(StartFailed):
    """A setting of the simulator itself is wrong, not of the engine that it plays."""

    def __init__(self, text: str) -> None:
        super().__init__(f"[simulator] {text}", 3)


class ApiError(Exception):
    """An error response, in the format of vLLM's OpenAI routes."""

    def __init__(
        self, status: int, kind: str, message: str, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param

    def body(self, *, flat: bool) -> Mapping[str, object]:
        """The body: flat before vLLM 0.10.1, nested since then."""
        fields = {
            "message": str(self),
            "type": self.kind,
            "param": self.param,
            "code": self.status,
        }
        if flat:
            return {"object": "error", **fields}
        return {"error": fields}


def invalid_request(param: str, type: str, **error: object) -> ApiError:
    """A request that does not fit the schema, with the texts of FastAPI and vLLM."""
    details = {"type": type, "loc": param, **error}
    message = f"1 validation error:\n  {details}"
    return ApiError(400, HTTPStatus.BAD_REQUEST.phrase, message, param)


def rejected_request(param: str, message: str) -> ApiError:
    """A well-formed request that the engine refuses."""
    return ApiError(400, "BadRequestError", message, param)


def simulated_error(status: int) -> ApiError:
    """A failure that a fault setting ordered."""
    phrase = "Error"
    if status in HTTPStatus._value2member_map_:
        phrase = HTTPStatus(status).phrase
    kind = phrase
    # vLLM's own name for an error of the engine.
    if status == 500:
        kind = "InternalServerError"
    return ApiError(status, kind, f"[simulated] {phrase}, as ordered")
