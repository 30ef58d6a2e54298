"""The official client, with validation of responses switched on."""

from __future__ import annotations

import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI

from tests.simulator.conftest import Start
from tests.simulator.engine import Engine


def client(engine: Engine, key: str = "none", *, strict: bool = True) -> OpenAI:
    return OpenAI(
        base_url=f"{engine.url}/v1",
        api_key=key,
        max_retries=0,
        _strict_response_validation=strict,
    )


def test_models(engine: Engine) -> None:
    with client(engine) as openai:
        assert [model.id for model in openai.models.list()] == ["small", "tiny", "sql"]


def test_chat(engine: Engine) -> None:
    with client(engine) as openai:
        answer = openai.chat.completions.create(
            model="small", messages=[{"role": "user", "content": "hi"}]
        )
    assert answer.choices[0].message.content == "[simulated] hi"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 5


def test_text(engine: Engine) -> None:
    with client(engine) as openai:
        answer = openai.completions.create(model="small", prompt="hi", max_tokens=3)
    assert (answer.choices[0].text, answer.choices[0].finish_reason) == (
        "[simulated]",
        "length",
    )


def test_a_chat_as_a_stream(engine: Engine) -> None:
    with client(engine) as openai:
        stream = openai.chat.completions.create(
            model="sql",
            messages=[{"role": "user", "content": "hi"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        *chunks, last = stream
    assert (
        "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        == "[simulated] hi"
    )
    assert last.usage is not None
    assert last.usage.completion_tokens == 4


def test_a_chat_as_a_stream_without_usage(engine: Engine) -> None:
    with client(engine) as openai:
        chunks = list(
            openai.chat.completions.create(
                model="small", messages=[{"role": "user", "content": "hi"}], stream=True
            )
        )
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("usage", [True, False])
def test_a_text_as_a_stream(engine: Engine, *, usage: bool) -> None:
    """Not strict: the client refuses `finish_reason: null` in a chunk, but the real engine sends it too."""
    with client(engine, strict=False) as openai:
        chunks = list(
            openai.completions.create(
                model="small",
                prompt="hi",
                stream=True,
                stream_options={"include_usage": usage} if usage else None,
            )
        )
    assert (
        "".join(choice.text for chunk in chunks for choice in chunk.choices)
        == "[simulated] hi"
    )
    assert (chunks[-1].usage is not None) == usage


def test_an_unknown_model(engine: Engine) -> None:
    with client(engine) as openai, pytest.raises(NotFoundError) as caught:
        openai.completions.create(model="x", prompt="hi")
    assert (caught.value.type, caught.value.param, caught.value.status_code) == (
        "NotFoundError",
        "model",
        404,
    )
    assert "does not exist" in caught.value.message


def test_a_prompt_that_is_too_long(engine: Engine) -> None:
    with (
        client(engine) as openai,
        pytest.raises(BadRequestError, match="maximum context length is 64 tokens"),
    ):
        openai.completions.create(model="small", prompt=[1] * 64)


def test_a_wrong_key(start: Start) -> None:
    locked = start("m", VLLM_API_KEY="right")
    with client(locked, "wrong") as openai, pytest.raises(AuthenticationError):
        openai.models.list()
    with client(locked, "right") as openai:
        assert [model.id for model in openai.models.list()] == ["m"]
