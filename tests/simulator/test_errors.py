"""Wrong requests, and the API key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import Engine

CHAT, TEXT = "/v1/chat/completions", "/v1/completions"
MISSING = "1 validation error:\n  {'type': 'missing', 'loc': 'body.messages', 'msg': 'Field required', "
ROOM = "This model's maximum context length is 64 tokens. However, "


@pytest.mark.parametrize(
    ("path", "body", "status", "kind", "param", "message"),
    [
        pytest.param(
            *(TEXT, {"model": "x", "prompt": "a"}, 404, "NotFoundError", "model"),
            "The model `x` does not exist. Valid aliases: small, tiny.",
            id="unknown model",
        ),
        pytest.param(
            *(TEXT, {"prompt": [1] * 64}, 400, "BadRequestError", "input_tokens"),
            f"{ROOM}your prompt contains 64 input tokens, which exceeds this limit even without any output tokens. "
            "Please reduce the length of the input prompt.",
            id="prompt too long",
        ),
        pytest.param(
            *(
                TEXT,
                {"prompt": [1] * 60, "max_tokens": 5},
                400,
                "BadRequestError",
                "input_tokens",
            ),
            f"{ROOM}you requested 5 output tokens and your prompt contains 60 input tokens, for a total of 65 tokens. "
            "Please reduce the length of the input prompt or the number of requested output tokens.",
            id="answer too long",
        ),
        pytest.param(
            *(CHAT, {"model": "x"}, 400, "Bad Request", "body.messages"),
            f"{MISSING}'input': '<dict of 1 items>'}}",
            id="missing field, before the unknown model",
        ),
        pytest.param(
            *(
                CHAT,
                {"messages": [], "stream_options": {}, "max_tokens": 0},
                400,
                "BadRequestError",
                "max_tokens",
            ),
            "max_tokens must be at least 1, got 0.",
            id="no tokens",
        ),
        pytest.param(
            *(CHAT, {"messages": [], "n": 1_000_000}, 400, "BadRequestError", "n"),
            "n must be at most 16384, got 1000000.",
            id="too many choices",
        ),
        pytest.param(
            *("/detokenize", {}, 400, "Bad Request", "body.tokens"),
            "1 validation error:\n  {'type': 'list_type', 'loc': 'body.tokens', 'msg': 'Input should be a valid list', "
            "'input': 'None'}",
            id="no tokens to put together",
        ),
        pytest.param(
            *(CHAT, {"messages": [], "n": "two"}, 400, "Bad Request", "body.n"),
            "1 validation error:\n  {'type': 'int_type', 'loc': 'body.n', 'msg': 'Input should be a valid integer', "
            "'input': 'two'}",
            id="not a number",
        ),
        pytest.param(
            *(CHAT, {"messages": "hi"}, 400, "Bad Request", "body.messages"),
            "1 validation error:\n  {'type': 'list_type', 'loc': 'body.messages', 'msg': 'Input should be a valid "
            "list', 'input': 'hi'}",
            id="messages that are none",
        ),
        pytest.param(
            *(CHAT, b"{bad", 400, "Bad Request", "body.1"),
            "1 validation error:\n  {'type': 'json_invalid', 'loc': 'body.1', 'msg': 'JSON decode error', 'input': "
            "'<dict of 0 items>', 'ctx': {'error': 'Expecting property name enclosed in double quotes'}}",
            id="not JSON",
        ),
        pytest.param(
            *(CHAT, [1], 400, "Bad Request", "body"),
            "1 validation error:\n  {'type': 'model_attributes_type', 'loc': 'body', 'msg': 'Input should be a valid "
            "dictionary or object to extract fields from', 'input': '<list>'}",
            id="not an object",
        ),
    ],
)
def test_an_error_says_what_is_wrong(
    engine: Engine,
    path: str,
    body: Any,
    status: int,
    kind: str,
    param: str,
    message: str,
) -> None:
    answer = engine.post(path, body, content_type="application/json")
    assert answer.json == {
        "error": {"message": message, "type": kind, "param": param, "code": status}
    }
    assert list(answer.json["error"]) == ["message", "type", "param", "code"]
    assert answer.status == status


@pytest.mark.parametrize(
    ("path", "body", "param", "part"),
    [
        (
            CHAT,
            {"messages": [], "stream_options": {"a": 1}},
            "stream_options",
            "only be defined when `stream=True`.",
        ),
        (
            TEXT,
            {"model": "small"},
            "prompt",
            "Either prompt or prompt_embeds must be provided and non-empty.",
        ),
        (
            TEXT,
            {"prompt": []},
            "prompt",
            "Either prompt or prompt_embeds must be provided and non-empty.",
        ),
    ],
)
def test_values_that_do_not_fit_together(
    engine: Engine, path: str, body: Any, param: str, part: str
) -> None:
    error = engine.post(path, body).json["error"]
    assert part in error["message"]
    assert (error["type"], error["param"], error["code"]) == ("Bad Request", param, 400)


def test_json_must_be_called_json(engine: Engine) -> None:
    answer = engine.post(
        TEXT, b'{"prompt": "a"}', content_type="application/x-www-form-urlencoded"
    )
    assert answer.json["error"] == {
        "message": "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
        "type": "Bad Request",
        "param": None,
        "code": 400,
    }
    accepted = engine.post(
        TEXT, b'{"prompt": "a"}', content_type="Application/JSON; charset=utf-8"
    )
    assert accepted.status == 200


@pytest.mark.parametrize(
    "environ", [{"SIM_ERROR_SHAPE": "flat"}, {"SIM_VLLM_VERSION": "0.10.0"}]
)
def test_flat_errors_of_old_releases(start: Start, environ: dict[str, str]) -> None:
    error = start("m", **environ).chat(model="x").json
    assert list(error) == ["object", "message", "type", "param", "code"]
    assert (error["object"], error["code"]) == ("error", 404)


def test_the_key_guards_only_what_vllm_guards(start: Start) -> None:
    locked = start("m", "--api-key", "one", "two", "--root-path=/llm")
    refused = locked.get("/v1/models")
    assert (refused.status, refused.text) == (401, '{"error":"Unauthorized"}')
    for path in (
        "/llm/v1/models",
        "/v2/rerank",
        "/v1/nowhere",
        "/inference",
        "/cohere",
    ):
        assert locked.get(path).status == 401, path
    for path in ("/health", "/ping", "/metrics", "/version", "/load"):
        assert locked.get(path).status == 200, path
    for key in ("Bearer one", "bearer two", "BEARER two"):
        assert locked.get("/v1/models", authorization=key).status == 200, key
    for key in (
        "Bearer three",
        "Basic one",
        "one",
        "Bearer  one",
        "Bearer",
        "Bearer ön",
    ):
        assert locked.get("/v1/models", authorization=key).status == 401, key
    assert locked.call("OPTIONS", "/v1/models").status == 405
    assert locked.chat().status == 401
    log = locked.log.read_text()
    assert "***" in log
    assert "'one'" not in log


def test_the_key_of_the_environment_counts_without_the_flag(start: Start) -> None:
    by_variable = start("m", VLLM_API_KEY="secret")
    assert by_variable.get("/v1/models").status == 401
    assert by_variable.get("/v1/models", authorization="Bearer secret").status == 200
    by_flag = start("m", "--api-key=other", VLLM_API_KEY="secret")
    assert by_flag.get("/v1/models", authorization="Bearer secret").status == 401
    assert by_flag.get("/v1/models", authorization="Bearer other").status == 200


def test_an_empty_key_is_ignored(start: Start) -> None:
    assert start("m", "--api-key", "", VLLM_API_KEY="").get("/v1/models").status == 200
