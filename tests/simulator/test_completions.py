"""Bodies of completions: fields in vLLM's order, echoed text, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.engine import Engine

USAGE = ["prompt_tokens", "total_tokens", "completion_tokens"]


def test_chat_fields_and_their_order(engine: Engine) -> None:
    answer = engine.chat("hello there").json
    assert list(answer) == [
        *(
            "id",
            "object",
            "created",
            "model",
            "choices",
            "service_tier",
            "system_fingerprint",
            "usage",
        ),
        *(
            "prompt_logprobs",
            "prompt_token_ids",
            "prompt_text",
            "kv_transfer_params",
            "ec_transfer_params",
            "metrics",
        ),
    ]
    (choice,) = answer["choices"]
    assert list(choice) == [
        *(
            "index",
            "message",
            "logprobs",
            "finish_reason",
            "stop_reason",
            "token_ids",
            "routed_experts",
        ),
        "weight_versions",
    ]
    assert choice["message"] == {
        "role": "assistant",
        "content": "[simulated] hello there",
        **dict.fromkeys(
            ("refusal", "annotations", "audio", "function_call", "reasoning")
        ),
    }
    assert (answer["object"], answer["model"], choice["finish_reason"]) == (
        "chat.completion",
        "small",
        "stop",
    )
    assert answer["id"].startswith("chatcmpl-")
    assert answer["system_fingerprint"] == "simulated-vllm-0.33.0"
    assert list(answer["usage"]) == [
        *USAGE,
        "prompt_tokens_details",
        "completion_tokens_details",
    ]
    assert [answer["usage"][name] for name in USAGE] == [2, 7, 5]


def test_text_fields_and_their_order(engine: Engine) -> None:
    answer = engine.post(
        "/v1/completions", {"model": "tiny", "prompt": "once upon"}
    ).json
    assert list(answer) == [
        *(
            "id",
            "object",
            "created",
            "model",
            "choices",
            "service_tier",
            "system_fingerprint",
            "usage",
        ),
        *("kv_transfer_params", "ec_transfer_params", "metrics"),
    ]
    (choice,) = answer["choices"]
    assert list(choice) == [
        *(
            "index",
            "text",
            "logprobs",
            "finish_reason",
            "stop_reason",
            "token_ids",
            "prompt_logprobs",
        ),
        *("prompt_token_ids", "routed_experts", "weight_versions"),
    ]
    assert (answer["object"], answer["model"], choice["text"]) == (
        "text_completion",
        "tiny",
        "[simulated] once upon",
    )
    assert answer["id"].startswith("cmpl-")


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        ({}, "[simulated] a b c", "stop"),
        ({"max_tokens": 4}, "[simulated] a", "length"),
        ({"max_completion_tokens": 3, "max_tokens": 9}, "[simulated]", "length"),
        ({"max_tokens": 6}, "[simulated] a b c", "stop"),
    ],
)
def test_a_chat_ends_at_its_limit(
    engine: Engine, fields: dict[str, Any], text: str, reason: str
) -> None:
    (choice,) = engine.chat("a b c", **fields).json["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (text, reason)


def test_text_has_sixteen_tokens_by_default(engine: Engine) -> None:
    prompt = " ".join(map(str, range(30)))
    (choice,) = engine.post("/v1/completions", {"prompt": prompt}).json["choices"]
    assert (choice["text"], choice["finish_reason"]) == (
        "[simulated] 0 1 2 3 4 5 6 7 8 9 10 11 12",
        "length",
    )


def test_the_last_user_message_is_echoed(engine: Engine) -> None:
    roles = (
        ("system", "be nice"),
        ("user", "first"),
        ("assistant", "yes"),
        ("user", "second"),
        ("assistant", "x"),
    )
    messages = [{"role": role, "content": content} for role, content in roles]
    answer = engine.post("/v1/chat/completions", {"messages": messages}).json
    assert answer["choices"][0]["message"]["content"] == "[simulated] second"
    assert answer["usage"]["prompt_tokens"] == 6


def test_content_in_parts(engine: Engine) -> None:
    parts = [
        {"type": "text", "text": "what is this"},
        {"type": "image_url", "image_url": {"url": "data:,"}},
    ]
    answer = engine.post(
        "/v1/chat/completions", {"messages": [{"role": "user", "content": parts}]}
    ).json
    assert answer["choices"][0]["message"]["content"] == "[simulated] what is this"


def test_several_choices(engine: Engine) -> None:
    answer = engine.chat("a", n=3).json
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert answer["usage"]["completion_tokens"] == 12


@pytest.mark.parametrize(
    ("prompt", "texts", "tokens"),
    [
        (["a", "b c"], ["[simulated] a", "[simulated] b c"], 3),
        ([7, 8], ["[simulated] 7 8"], 2),
        ([[7, 8], [9]], ["[simulated] 7 8", "[simulated] 9"], 3),
    ],
)
def test_prompts_in_every_form(
    engine: Engine, prompt: list[Any], texts: list[str], tokens: int
) -> None:
    answer = engine.post("/v1/completions", {"prompt": prompt}).json
    assert [choice["text"] for choice in answer["choices"]] == texts
    assert answer["usage"]["prompt_tokens"] == tokens


def test_text_in_any_script_comes_back(engine: Engine) -> None:
    asked = 'Grüße, 世界 🙂 "q" \\ '
    content = engine.chat(asked).json["choices"][0]["message"]["content"]
    assert content == f"[simulated] {asked.rstrip()}"


def test_what_only_shapes_the_sampling_is_accepted(engine: Engine) -> None:
    fields = {
        "temperature": 0,
        "top_p": 0.9,
        "stop": ["x"],
        "seed": 1,
        "logprobs": True,
        "tools": [],
        "unknown": 1,
    }
    assert engine.chat("a", **fields).status == 200


def test_an_adapter_is_a_model(engine: Engine) -> None:
    assert engine.chat("a", model="sql").json["model"] == "sql"


def test_a_body_in_chunks(engine: Engine) -> None:
    body = json.dumps({"prompt": "a"}).encode()
    pieces = (
        b"".join(
            b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:4], body[4:])
        )
        + b"0\r\n\r\n"
    )
    answer = engine.post(
        "/v1/completions",
        pieces,
        content_type="application/json",
        transfer_encoding="chunked",
    )
    assert answer.json["choices"][0]["text"] == "[simulated] a"
