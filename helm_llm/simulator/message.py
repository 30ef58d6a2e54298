"""Requests and responses, independent of HTTP."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from helm_llm.simulator.failure import ApiError, invalid_request

Json: TypeAlias = "Mapping[str, object]"


@dataclass(frozen=True, slots=True)
class Request:
    """A request. Names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Json:
        """The body as a JSON object; ApiError for anything else."""
        content_type = self.headers.get("content-type", "")
        if content_type.split(";")[0].strip().lower() != "application/json":
            message = "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed"
            raise ApiError(400, "Bad Request", message)
        try:
            tree = json.loads(self.body)
        except json.JSONDecodeError as error:
            raise _invalid_json(error.pos, error.msg) from None
        except UnicodeDecodeError as error:
            raise _invalid_json(error.start, "Expecting value") from None
        if isinstance(tree, dict):
            return tree
        raise invalid_request(
            "body",
            type="model_attributes_type",
            msg="Input should be a valid dictionary or object to extract fields from",
            input=f"<{type(tree).__name__}>",
        )


@dataclass(frozen=True, slots=True)
class Response:
    """A response with a body, or with a stream of events."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Generator[bytes, None, None] | None = None


def compact_json(tree: Json) -> bytes:
    """JSON as the engine writes it."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def json_response(tree: Json, status: int = 200, **headers: str) -> Response:
    """A response with a JSON body."""
    return Response(status, compact_json(tree), "application/json", headers)


def server_sent_event(tree: Json) -> bytes:
    """One event of a stream."""
    return b"data: " + compact_json(tree) + b"\n\n"


def _invalid_json(position: int, message: str) -> ApiError:
    return invalid_request(
        f"body.{position}",
        type="json_invalid",
        msg="JSON decode error",
        input="<dict of 0 items>",
        ctx={"error": message},
    )
