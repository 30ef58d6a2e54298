"""Paths that an engine serves, and their handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helm_llm.simulator import bodies
from helm_llm.simulator.completion import count_prompt_tokens
from helm_llm.simulator.failure import ApiError, invalid_request
from helm_llm.simulator.inference import Inference
from helm_llm.simulator.lifecycle import Lifecycle
from helm_llm.simulator.message import Json, Request, Response, json_response
from helm_llm.simulator.metrics import CONTENT_TYPE, Metrics
from helm_llm.simulator.settings import Settings

Handler = Callable[[Request], Response]
Routes = Mapping[str, Mapping[str, Handler]]
"""Path -> method -> handler."""

_NOTE = {"simulated": "this is helm-llm's simulator, no NVIDIA software and no model"}


def build_routes(settings: Settings, lifecycle: Lifecycle, metrics: Metrics) -> Routes:
    """The routes of the engine in the settings."""
    common = _openai_routes(settings, Inference(settings, metrics))
    dialect = settings.personality.dialect
    if dialect == "nim":
        return common | _nim_routes(settings, lifecycle, metrics)
    if dialect == "huggingface":
        routes: dict[str, Mapping[str, Handler]] = {}
        # KServe's runtime serves OpenAI's API below a prefix.
        for path, methods in common.items():
            routes[f"/openai{path}"] = methods
        return routes | _huggingface_routes(lifecycle, metrics)
    return common | _vllm_routes(settings, lifecycle, metrics)


def _openai_routes(
    settings: Settings, inference: Inference
) -> dict[str, Mapping[str, Handler]]:
    routes: dict[str, Mapping[str, Handler]] = {
        "/v1/models": {"GET": lambda _: json_response(bodies.models(settings))}
    }
    if settings.generates:
        routes["/v1/chat/completions"] = {"POST": inference.chat}
        routes["/v1/completions"] = {"POST": inference.text}
    return routes


def _vllm_routes(
    settings: Settings, lifecycle: Lifecycle, metrics: Metrics
) -> dict[str, Mapping[str, Handler]]:
    def health(_: Request) -> Response:
        if lifecycle.is_healthy:
            return Response(200)
        return Response(503)

    def tokenize(request: Request) -> Response:
        count = count_prompt_tokens(request.json())
        fields = {
            "count": count,
            "max_model_len": settings.max_model_len,
            "tokens": list(range(1, count + 1)),
            "token_strs": None,
        }
        return json_response(fields)

    return {
        "/health": {"GET": health},
        "/ping": {"GET": health, "POST": health},
        "/version": {"GET": _constant({"version": settings.release})},
        "/load": {"GET": _constant({"server_load": 0})},
        "/tokenize": {"POST": tokenize},
        "/detokenize": {"POST": _detokenize},
        "/metrics": {"GET": _metrics_handler(metrics)},
    }


def _detokenize(request: Request) -> Response:
    tokens = request.json().get("tokens")
    if not isinstance(tokens, list):
        raise invalid_request(
            "body.tokens",
            type="list_type",
            msg="Input should be a valid list",
            input=str(tokens)[:200],
        )
    prompt = " ".join(["[simulated]", *map(str, tokens)])
    return json_response({"prompt": prompt})


def _nim_routes(
    settings: Settings, lifecycle: Lifecycle, metrics: Metrics
) -> dict[str, Mapping[str, Handler]]:
    def ready(_: Request) -> Response:
        if lifecycle.is_healthy:
            return json_response(_health_body("ready"))
        return unavailable_response(settings)

    release = {"release": settings.nim_release, "api": "1.0.0"}
    modules = [{"shortName": settings.served_names[0], "modelUrl": "simulated"}]
    metrics_route = {"GET": _metrics_handler(metrics)}
    return {
        "/v1/health/live": {"GET": _constant(_health_body("live"))},
        "/v1/health/ready": {"GET": ready},
        "/v1/metadata": {"GET": _constant({"modelInfo": modules})},
        "/v1/version": {"GET": _constant(release)},
        "/v1/license": {"GET": _constant(_NOTE)},
        "/v1/manifest": {"GET": _constant(_NOTE)},
        "/v1/metrics": metrics_route,
        "/metrics": metrics_route,
    }


def _health_body(state: str) -> Json:
    return {"object": "health.response", "message": f"Service is {state}."}


def _huggingface_routes(
    lifecycle: Lifecycle, metrics: Metrics
) -> dict[str, Mapping[str, Handler]]:
    def ready(_: Request) -> Response:
        if lifecycle.is_healthy:
            return json_response({"ready": True})
        return json_response({"ready": False}, 503)

    return {
        "/": {"GET": _constant({"status": "alive"})},
        "/v2/health/live": {"GET": _constant({"live": True})},
        "/v2/health/ready": {"GET": ready},
        "/metrics": {"GET": _metrics_handler(metrics)},
    }


def unavailable_response(settings: Settings) -> Response:
    """The response of a server that listens but is not ready or not healthy."""
    error = ApiError(503, "ServiceUnavailable", "[simulated] Service is not ready.")
    is_flat = settings.flat_errors
    if is_flat or settings.personality.dialect != "nim":
        return json_response(error.body(flat=is_flat), 503)
    # Unlike vLLM, a NIM does not name a parameter.
    fields = {"message": str(error), "type": error.kind, "code": error.status}
    return json_response({"error": fields}, 503)


def _constant(tree: Json) -> Handler:
    return lambda _: json_response(tree)


def _metrics_handler(metrics: Metrics) -> Handler:
    def handle(_: Request) -> Response:
        body = metrics.render().encode()
        return Response(body=body, content_type=CONTENT_TYPE)

    return handle
