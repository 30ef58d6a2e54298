"""Which paths an engine has, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from helm_llm.simulator import shapes
from helm_llm.simulator.completion import prompt_tokens
from helm_llm.simulator.failure import ApiError, invalid
from helm_llm.simulator.inference import Inference
from helm_llm.simulator.life import Life
from helm_llm.simulator.message import Call, Reply, json_reply
from helm_llm.simulator.metrics import CONTENT_TYPE, Metrics
from helm_llm.simulator.settings import Settings

Handler = Callable[[Call], Reply]
Routes = Mapping[str, Mapping[str, Handler]]

_NOTE = {"simulated": "this is helm-llm's simulator, no NVIDIA software and no model"}


def routes(settings: Settings, life: Life, metrics: Metrics) -> Routes:
    """Path -> method -> handler."""
    common = _openai(settings, Inference(settings, metrics))
    dialect = settings.personality.dialect
    if dialect == "nim":
        return common | _nim(settings, life, metrics)
    if dialect == "huggingface":
        return {
            f"/openai{path}": methods for path, methods in common.items()
        } | _huggingface(life, metrics)
    return common | _vllm(settings, life, metrics)


def _openai(
    settings: Settings, inference: Inference
) -> dict[str, Mapping[str, Handler]]:
    generation = {
        "/v1/chat/completions": inference.chat,
        "/v1/completions": inference.text,
    }
    posts: dict[str, Mapping[str, Handler]] = {
        path: {"POST": handler} for path, handler in generation.items()
    }
    listed: dict[str, Mapping[str, Handler]] = {
        "/v1/models": {"GET": lambda _: json_reply(shapes.models(settings))}
    }
    return listed | (posts if settings.generates else {})


def _vllm(
    settings: Settings, life: Life, metrics: Metrics
) -> dict[str, Mapping[str, Handler]]:
    def health(_: Call) -> Reply:
        return Reply(200 if life.healthy else 503)

    def tokenized(call: Call) -> Reply:
        count = prompt_tokens(call.json())
        tokens = list(range(1, count + 1))
        fields = {
            "count": count,
            "max_model_len": settings.max_model_len,
            "tokens": tokens,
            "token_strs": None,
        }
        return json_reply(fields)

    def detokenized(call: Call) -> Reply:
        tokens = call.json().get("tokens")
        if not isinstance(tokens, list):
            raise invalid(
                "body.tokens",
                type="list_type",
                msg="Input should be a valid list",
                input=str(tokens)[:200],
            )
        return json_reply({"prompt": " ".join(["[simulated]", *map(str, tokens)])})

    return {
        "/health": {"GET": health},
        "/ping": {"GET": health, "POST": health},
        "/version": {"GET": _constant({"version": settings.release})},
        "/load": {"GET": _constant({"server_load": 0})},
        "/tokenize": {"POST": tokenized},
        "/detokenize": {"POST": detokenized},
        "/metrics": {"GET": _shown(metrics)},
    }


def _nim(
    settings: Settings, life: Life, metrics: Metrics
) -> dict[str, Mapping[str, Handler]]:
    live, ready = (
        {"object": "health.response", "message": f"Service is {state}."}
        for state in ("live", "ready")
    )
    shown = {"GET": _shown(metrics)}
    modules = [{"shortName": settings.served_names[0], "modelUrl": "simulated"}]
    return {
        "/v1/health/live": {"GET": _constant(live)},
        "/v1/health/ready": {
            "GET": lambda _: (
                json_reply(ready) if life.healthy else unavailable(settings)
            )
        },
        "/v1/metadata": {"GET": _constant({"modelInfo": modules})},
        "/v1/version": {
            "GET": _constant({"release": settings.nim_release, "api": "1.0.0"})
        },
        "/v1/license": {"GET": _constant(_NOTE)},
        "/v1/manifest": {"GET": _constant(_NOTE)},
        "/v1/metrics": shown,
        "/metrics": shown,
    }


def _huggingface(life: Life, metrics: Metrics) -> dict[str, Mapping[str, Handler]]:
    def ready(_: Call) -> Reply:
        return json_reply({"ready": life.healthy}, 200 if life.healthy else 503)

    return {
        "/": {"GET": _constant({"status": "alive"})},
        "/v2/health/live": {"GET": _constant({"live": True})},
        "/v2/health/ready": {"GET": ready},
        "/metrics": {"GET": _shown(metrics)},
    }


def unavailable(settings: Settings) -> Reply:
    """What a server says that listens but does not serve."""
    error = ApiError(503, "ServiceUnavailable", "[simulated] Service is not ready.")
    if settings.flat_errors or settings.personality.dialect != "nim":
        return json_reply(error.body(flat=settings.flat_errors), 503)
    return json_reply(
        {"error": {"message": str(error), "type": error.kind, "code": error.status}},
        503,
    )


def _constant(tree: Mapping[str, Any]) -> Handler:
    return lambda _: json_reply(tree)


def _shown(metrics: Metrics) -> Handler:
    return lambda _: Reply(body=metrics.render().encode(), content_type=CONTENT_TYPE)
