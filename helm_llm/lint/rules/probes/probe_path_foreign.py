"""probe-path-foreign."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("probe-path-foreign", Severity.ERROR, Confidence.LIKELY)
def probe_path_foreign(serving: ServingSpec) -> Iterator[Problem]:
    """A probe requests a path that the engine does not serve.

    ## Why
    The engine answers 404, or 405 if the path accepts only POST. Kubelet treats both as
    a failure: the pod never becomes ready, or is restarted again and again. vLLM and
    NIM have different paths, and Triton and TGI have others.

    ## Bad
    ```yaml
    # chart: nim-llm
    readinessProbe:
      path: /health
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    readinessProbe:
      path: /v1/health/ready
    ```
    """
    engine = _engine(serving.pod.engine)
    if engine is None or _paths_may_differ(serving.command):
        return
    for probe in serving.pod.probes or ():
        request = probe.http
        if request is None or not probe.enabled:
            continue
        # FastAPI redirects `/health/` to `/health`.
        path = "/" + request.value.partition("?")[0].strip("/")
        if path in _SERVED[engine] or not serving.values.is_user_set(request.path):
            continue
        yield Problem(
            request.path,
            f"the {probe.kind} probe requests {request.value}, "
            f"but {engine} does not serve this path",
            help=f"use {_health_path(engine, probe.kind)}",
        )


def _engine(image: Image | None) -> str | None:
    """The engine of a known image.

    NIM 2 is unknown here: it is a proxy for vLLM, whose own paths may answer too.
    """
    if image is None:
        return None
    name = image.repository.value
    if name.startswith("nvcr.io/nim/") and image.tag.value.startswith("1."):
        return "NIM"
    return "vLLM" if f"/{name}".endswith("/vllm/vllm-openai") else None


def _paths_may_differ(command: CommandLine | None) -> bool:
    if command is None:
        return False
    flags = ("--root-path", "--middleware")
    return command.reads_a_file or any(command.path(flag) for flag in flags)


def _health_path(engine: str, kind: str) -> str:
    if engine == "vLLM":
        return "/health"
    return "/v1/health/live" if kind == "liveness" else "/v1/health/ready"


_COMMON = {
    "/v1/models",
    "/metrics",
    "/docs",
    "/docs/oauth2-redirect",
    "/redoc",
    "/openapi.json",
}
_VLLM = {
    "/health",
    "/ping",
    "/version",
    "/load",
    "/is_sleeping",
    "/is_paused",
    "/server_info",
    "/tokenizer_info",
}
_NIM = {
    "/v1/health/live",
    "/v1/health/ready",
    "/v1/metadata",
    "/v1/metrics",
    "/v1/version",
    "/v1/license",
    "/v1/manifest",
}
_SERVED = {"vLLM": _COMMON | _VLLM, "NIM": _COMMON | _NIM}
"""The paths of each engine that answer a GET request."""
