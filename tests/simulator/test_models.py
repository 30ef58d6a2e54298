"""Responses of /v1/models, health, version and other small routes."""

from __future__ import annotations

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import Engine

CARD = [
    "id",
    "object",
    "created",
    "owned_by",
    "root",
    "parent",
    "max_model_len",
    "permission",
]
PERMISSION = [
    *(
        "id",
        "object",
        "created",
        "allow_create_engine",
        "allow_sampling",
        "allow_logprobs",
        "allow_search_indices",
    ),
    *("allow_view", "allow_fine_tuning", "organization", "group", "is_blocking"),
]


def test_a_card_for_each_name_and_each_adapter(engine: Engine) -> None:
    listed = engine.get("/v1/models")
    assert listed.text.startswith(
        '{"object":"list","data":[{"id":"small","object":"model","created":'
    )
    small, tiny, sql = listed.json["data"]
    assert [list(card) for card in (small, tiny, sql)] == [CARD] * 3
    assert list(small["permission"][0]) == PERMISSION
    assert (small["id"], small["root"], small["parent"], small["max_model_len"]) == (
        "small",
        "acme/model",
        None,
        64,
    )
    assert tiny["id"] == "tiny"
    assert (sql["id"], sql["root"], sql["parent"], sql["max_model_len"]) == (
        "sql",
        "acme/sql",
        "small",
        None,
    )


def test_the_owner_says_that_it_is_simulated(engine: Engine) -> None:
    assert {card["owned_by"] for card in engine.get("/v1/models").json["data"]} == {
        "vllm-simulated"
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ping_is_empty(engine: Engine, method: str) -> None:
    answer = engine.call(method, "/ping")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/health", ""),
        ("/version", '{"version":"0.33.0"}'),
        ("/load", '{"server_load":0}'),
    ],
)
def test_small_routes(engine: Engine, path: str, body: str) -> None:
    answer = engine.get(path)
    assert (answer.status, answer.text) == (200, body)


def test_tokenize_counts_words_and_marks(engine: Engine) -> None:
    answer = engine.post("/tokenize", {"prompt": "one two!"})
    assert (
        answer.text
        == '{"count":3,"max_model_len":64,"tokens":[1,2,3],"token_strs":null}'
    )
    assert (
        engine.post(
            "/tokenize", {"messages": [{"role": "user", "content": "one"}]}
        ).json["count"]
        == 1
    )
    assert engine.post("/detokenize", {"tokens": [1, 2]}).json == {
        "prompt": "[simulated] 1 2"
    }


@pytest.mark.parametrize(
    "path",
    [
        "/v1/health/ready",
        "/v1/health/live",
        "/v1/models/small",
        "/docs",
        "/v1/embeddings",
    ],
)
def test_what_vllm_or_the_simulator_does_not_have_is_not_found(
    engine: Engine, path: str
) -> None:
    answer = engine.get(path)
    assert (answer.status, answer.text) == (404, '{"detail":"Not Found"}')


def test_a_wrong_method(engine: Engine) -> None:
    answer = engine.post("/v1/models", {})
    assert (answer.status, answer.text) == (405, '{"detail":"Method Not Allowed"}')
    assert answer.headers["allow"] == "GET"
    assert engine.call("HEAD", "/health").status == 405


def test_every_route_says_that_it_is_simulated(engine: Engine) -> None:
    posts = {
        "/v1/chat/completions": {"messages": [{"role": "user", "content": "x"}]},
        "/v1/completions": {"prompt": "x"},
        "/detokenize": {"tokens": [1]},
        "/tokenize": {"prompt": "x"},
    }
    gets = (
        "/v1/models",
        "/metrics",
        "/health",
        "/ping",
        "/version",
        "/load",
        "/nowhere",
    )
    answers = {path: engine.post(path, body) for path, body in posts.items()} | {
        path: engine.get(path) for path in gets
    }
    answers["stream"] = engine.chat(stream=True)
    answers["error"] = engine.post(
        "/v1/completions", b"{", content_type="application/json"
    )
    for path, answer in answers.items():
        assert answer.headers["x-simulated"] == "true", path
        assert answer.headers["server"] == "helm-llm-simulator", path
    for path in (
        "/v1/models",
        "/metrics",
        "/v1/chat/completions",
        "/v1/completions",
        "/detokenize",
        "stream",
    ):
        assert "simulated" in answers[path].text, path


def test_what_is_not_http_is_answered_too(engine: Engine) -> None:
    answer = engine.call("BREW", "/health")
    assert (answer.status, answer.headers["x-simulated"]) == (501, "true")


def test_the_length_comes_from_a_local_model(start: Start, model: str) -> None:
    (card,) = start(model).get("/v1/models").json["data"]
    assert (card["id"], card["max_model_len"]) == (model, 2048)


def test_a_pooling_model_generates_nothing(start: Start) -> None:
    pooling = start("acme/embed", "--runner", "pooling")
    assert pooling.get("/v1/models").status == 200
    assert pooling.chat().status == 404


def test_the_root_path_may_be_there_or_not(start: Start) -> None:
    behind_proxy = start("m", "--root-path=/llm")
    assert behind_proxy.get("/llm/v1/models").status == 200
    assert behind_proxy.get("/v1/models").status == 200
    assert behind_proxy.get("/other/v1/models").status == 404


def test_request_ids(start: Start) -> None:
    numbered = start("m", "--enable-request-id-headers")
    assert (
        numbered.get("/health", x_request_id="mine").headers["x-request-id"] == "mine"
    )
    assert len(numbered.get("/health").headers["x-request-id"]) == 32
    assert numbered.chat(stream=True).headers["x-request-id"]
