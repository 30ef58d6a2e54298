"""The two ways to say no: an engine that does not start, and a request that gets an error."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any


class StartFailed(Exception):
    """The engine ends before it serves; the text is the end of its log."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class BadSetting(StartFailed):
    """A setting of the simulator itself, not of the engine it plays."""

    def __init__(self, text: str) -> None:
        super().__init__(f"[simulator] {text}", 3)


class ApiError(Exception):
    """An answer with an error status, in the shape of vLLM's OpenAI routes."""

    def __init__(
        self, status: int, kind: str, message: str, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.param = status, kind, param

    def body(self, *, flat: bool) -> Mapping[str, Any]:
        """Nested since vLLM 0.10.1, flat before."""
        fields = {
            "message": str(self),
            "type": self.kind,
            "param": self.param,
            "code": self.status,
        }
        return {"object": "error", **fields} if flat else {"error": fields}


def invalid(param: str, **error: Any) -> ApiError:
    """A request that does not fit the schema: type and message as FastAPI and vLLM word them."""
    details = {"type": error.pop("type"), "loc": param, **error}
    return ApiError(
        400, HTTPStatus.BAD_REQUEST.phrase, f"1 validation error:\n  {details}", param
    )


def rejected(param: str, message: str) -> ApiError:
    """A well-formed request that the engine refuses."""
    return ApiError(400, "BadRequestError", message, param)


def simulated(status: int) -> ApiError:
    """A failure that was ordered."""
    phrase = (
        HTTPStatus(status).phrase
        if status in HTTPStatus._value2member_map_
        else "Error"
    )
    kind = "InternalServerError" if status == 500 else phrase
    return ApiError(status, kind, f"[simulated] {phrase}, as ordered")
