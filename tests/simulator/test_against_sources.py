"""The simulator's answers compared with the sources of the newest vLLM (ci/engines/read_answers.py)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from helm_llm.engines.release import release
from helm_llm.engines.table import releases
from tests.simulator.engine import Engine

READ = json.loads(
    (Path(__file__).parents[1] / "data" / "vllm-answers.json").read_text("utf-8")
)
BODIES: dict[str, list[str]] = READ["bodies"]
CHAT, TEXT = "/v1/chat/completions", "/v1/completions"
NOT_SIMULATED = {"tool_calls"}  # which the engine leaves out where there are none


def fields(body: str) -> list[str]:
    return [name for name in BODIES[body] if name not in NOT_SIMULATED]


def events(engine: Engine, route: str, **request: Any) -> list[Any]:
    answer = engine.post(
        route, {"stream": True, "stream_options": {"include_usage": True}} | request
    )
    return [json.loads(event) for event in answer.events[:-1]]


def test_the_sources_are_those_of_the_newest_table() -> None:
    assert release(READ["release"]) == max(releases())


@pytest.mark.parametrize(
    ("route", "kind"), [(CHAT, "ChatCompletion"), (TEXT, "Completion")]
)
def test_an_answer_has_the_fields_of_the_engines(
    engine: Engine, route: str, kind: str
) -> None:
    body = engine.post(
        route, {"prompt": "a b", "messages": [{"role": "user", "content": "a b"}]}
    ).json
    assert list(body) == fields(f"{kind}Response")
    assert list(body["choices"][0]) == fields(f"{kind}ResponseChoice")
    assert list(body["usage"]) == fields("UsageInfo")


def test_a_message_has_the_fields_of_the_engines(engine: Engine) -> None:
    assert list(engine.chat("a").json["choices"][0]["message"]) == fields("ChatMessage")


@pytest.mark.parametrize(
    ("route", "kind"), [(CHAT, "ChatCompletion"), (TEXT, "Completion")]
)
def test_a_stream_has_fields_of_the_engines_only(
    engine: Engine, route: str, kind: str
) -> None:
    """The engine only writes fields that are set, and these differ from chunk to chunk."""
    pieces = events(
        engine, route, prompt="a b", messages=[{"role": "user", "content": "a b"}]
    )
    assert len(pieces) > 3
    for piece in pieces:
        assert set(piece) <= set(fields(f"{kind}StreamResponse"))
        for choice in piece["choices"]:
            assert set(choice) <= set(fields(f"{kind}ResponseStreamChoice"))
            assert set(choice.get("delta", ())) <= set(fields("DeltaMessage"))


def test_a_model_has_the_fields_of_the_engines(engine: Engine) -> None:
    listed = engine.get("/v1/models").json
    assert list(listed) == fields("ModelList")
    for card in listed["data"]:
        assert list(card) == fields("ModelCard")
        assert list(card["permission"][0]) == fields("ModelPermission")


def test_an_error_has_the_fields_of_the_engines(engine: Engine) -> None:
    answer = engine.post(CHAT, {"model": "unknown", "messages": []})
    assert answer.status == 404
    assert list(answer.json) == fields("ErrorResponse")
    assert list(answer.json["error"]) == fields("ErrorInfo")


OURS = {"helm_llm_simulated", "vllm:cache_config_info", "vllm:lora_requests_info"}
"""Fields that the simulator marks as simulated, and fields that the engine names at run time."""


def test_metrics_have_the_names_and_kinds_of_the_engines(engine: Engine) -> None:
    kinds = dict(
        re.findall(r"^# TYPE (\S+) (.*)$", engine.get("/metrics").text, re.MULTILINE)
    )
    assert set(kinds) > OURS
    for name in set(kinds) - OURS:
        known = name.removesuffix("_total") if kinds[name] == "counter" else name
        assert (known, kinds[name]) == (known, READ["metrics"].get(known))
