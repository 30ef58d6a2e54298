"""Server-sent events: content of each chunk, and the end of a stream."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import Answer, Engine

HEAD = ["id", "object", "created", "model", "choices"]
SPOKEN = ["index", "delta", "logprobs", "finish_reason", "token_ids"]


def chunks(answer: Answer) -> list[dict[str, Any]]:
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["transfer-encoding"] == "chunked"
    *events, last = answer.events
    assert last == "[DONE]"
    return [json.loads(event) for event in events]


def test_a_chat_in_pieces(engine: Engine) -> None:
    role, *pieces, last = chunks(engine.chat("hi", stream=True))
    assert list(role) == [*HEAD, "prompt_token_ids", "prompt_text"]
    delta = {"role": "assistant", "content": ""}
    assert role["choices"] == [
        {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
    ]
    for piece in pieces:
        assert list(piece) == [*HEAD, "kv_transfer_params"]
        assert list(piece["choices"][0]) == SPOKEN
    assert list(last) == [*HEAD, "system_fingerprint", "kv_transfer_params"]
    assert list(last["choices"][0]) == [
        *SPOKEN[:4],
        "stop_reason",
        "token_ids",
        "weight_versions",
    ]
    assert last["choices"][0]["finish_reason"] == "stop"
    text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in (*pieces, last))
    assert text == "[simulated] hi"
    assert {chunk["id"] for chunk in (role, *pieces, last)} == {role["id"]}
    assert {chunk["object"] for chunk in (role, *pieces, last)} == {
        "chat.completion.chunk"
    }


def test_a_text_in_pieces(engine: Engine) -> None:
    *pieces, last = chunks(
        engine.post(
            "/v1/completions", {"prompt": "hi", "stream": True, "max_tokens": 3}
        )
    )
    for piece in pieces:
        assert list(piece) == [*HEAD, "kv_transfer_params"]
        assert list(piece["choices"][0]) == [
            *(
                "index",
                "text",
                "logprobs",
                "finish_reason",
                "stop_reason",
                "prompt_token_ids",
                "token_ids",
            ),
            "weight_versions",
        ]
    assert last["choices"][0]["finish_reason"] == "length"
    assert (
        "".join(chunk["choices"][0]["text"] for chunk in (*pieces, last))
        == "[simulated]"
    )


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/completions"])
def test_usage_comes_last_where_it_is_asked_for(engine: Engine, path: str) -> None:
    body = {
        "messages": [{"role": "user", "content": "hi"}],
        "prompt": "hi",
        "stream": True,
    }
    *pieces, last = chunks(
        engine.post(path, body | {"stream_options": {"include_usage": True}})
    )
    assert list(last) == [*HEAD, "usage", "system_fingerprint"]
    assert last["choices"] == []
    assert last["usage"] == {
        "prompt_tokens": 1,
        "total_tokens": 5,
        "completion_tokens": 4,
    }
    assert not any("system_fingerprint" in piece for piece in pieces)


def test_each_choice_opens_and_ends(engine: Engine) -> None:
    pieces = [
        chunk["choices"][0] for chunk in chunks(engine.chat("hi", stream=True, n=2))
    ]
    assert [piece["index"] for piece in pieces if "role" in piece["delta"]] == [0, 1]
    assert [piece["index"] for piece in pieces if piece["finish_reason"]] == [0, 1]


def test_tokens_come_one_by_one(start: Start) -> None:
    slow = start("m", SIM_TOKEN_SECONDS="0.1")
    begun = time.monotonic()
    assert len(chunks(slow.chat("one", stream=True))) == 5
    assert time.monotonic() - begun >= 0.4


def test_many_streams_at_once(engine: Engine) -> None:
    texts: list[str] = []

    def ask(number: int) -> None:
        pieces = chunks(engine.chat(f"number {number}", stream=True))[1:]
        texts.append(
            "".join(piece["choices"][0]["delta"]["content"] for piece in pieces)
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted(
        f"[simulated] number {number}" for number in range(24)
    )


def test_a_client_of_http_1_0_gets_a_stream_without_chunks(engine: Engine) -> None:
    body = json.dumps({"prompt": "hi", "stream": True})
    head = f"POST /v1/completions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((engine.host, engine.port), 10) as client:
        client.sendall((head + body).encode())
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    assert "transfer-encoding" not in answer
    assert answer.endswith("\n\ndata: [DONE]\n\n")


def test_a_client_that_leaves_is_counted(start: Start) -> None:
    slow = start("m", SIM_TOKEN_SECONDS="0.05")
    body = json.dumps({"prompt": "a b c d e f g h i j k", "stream": True})
    head = f"POST /v1/completions HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((slow.host, slow.port), 10) as client:
        client.sendall((head + body).encode())
        assert client.recv(100)
    deadline = time.monotonic() + 10
    while (
        'finished_reason="abort",model_name="m"} 1.0' not in slow.get("/metrics").text
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (
        'vllm:num_requests_running{engine="0",model_name="m"} 0.0'
        in slow.get("/metrics").text
    )
    assert "Traceback" not in slow.log.read_text()
