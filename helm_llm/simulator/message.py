"""What comes in and what goes out, before and after HTTP."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helm_llm.simulator.failure import ApiError, invalid


@dataclass(frozen=True, slots=True)
class Call:
    """A request; names of headers in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Mapping[str, Any]:
        """Its body, if it is what its content type must say."""
        content_type = self.headers.get("content-type", "")
        if content_type.split(";")[0].strip().lower() != "application/json":
            message = "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed"
            raise ApiError(400, "Bad Request", message)
        try:
            tree = json.loads(self.body)
        except json.JSONDecodeError as error:
            raise _not_json(error.pos, error.msg) from None
        except UnicodeDecodeError as error:
            raise _not_json(error.start, "Expecting value") from None
        if not isinstance(tree, dict):
            expected = (
                "Input should be a valid dictionary or object to extract fields from"
            )
            raise invalid(
                "body",
                type="model_attributes_type",
                msg=expected,
                input=f"<{type(tree).__name__}>",
            )
        return tree


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a body, or events one after another."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Generator[bytes, None, None] | None = None


def compact(tree: Mapping[str, Any]) -> bytes:
    """JSON as the engine writes it."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode(
        errors="replace"
    )


def json_reply(tree: Mapping[str, Any], status: int = 200, **headers: str) -> Reply:
    """An answer in one piece of JSON."""
    return Reply(status, compact(tree), "application/json", headers)


def event(tree: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + compact(tree) + b"\n\n"


def _not_json(position: int, message: str) -> ApiError:
    details = {
        "msg": "JSON decode error",
        "input": "<dict of 0 items>",
        "ctx": {"error": message},
    }
    return invalid(f"body.{position}", type="json_invalid", **details)
