"""probe-path-foreign."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import ServingSpec


@rule("probe-path-foreign", Severity.ERROR, Confidence.LIKELY)
def probe_path_foreign(serving: ServingSpec) -> Iterator[Problem]:
    """A probe asks for a path that the engine does not serve.

    ## Why
    The engine answers 404, or 405 where it wants a POST, which is a failure for kubelet: the pod never becomes ready,
    or is restarted for ever. vLLM and NIM have different paths, and Triton or TGI have others again.

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
    command = serving.command
    moved = command and (
        command.reads_a_file
        or any(command.path(flag) for flag in ("--root-path", "--middleware"))
    )
    for probe in serving.pod.probes or () if engine and not moved else ():
        asked = probe.http if probe.enabled else None
        if (
            engine
            and asked
            and serving.values.user_set(asked.path)
            and _bare(asked.value) not in _SERVED[engine]
        ):
            use = (
                "/health"
                if engine == "vLLM"
                else "/v1/health/live"
                if probe.kind == "liveness"
                else "/v1/health/ready"
            )
            yield Problem(
                asked.path, f"{engine} does not serve {asked.value}", help=f"use {use}"
            )


_COMMON = {
    "/v1/models",
    "/metrics",
    "/docs",
    "/docs/oauth2-redirect",
    "/redoc",
    "/openapi.json",
}
_SERVED = {
    "vLLM": _COMMON
    | {
        "/health",
        "/ping",
        "/version",
        "/load",
        "/is_sleeping",
        "/is_paused",
        "/server_info",
        "/tokenizer_info",
    },
    "NIM": _COMMON
    | {
        f"/v1/{name}"
        for name in (
            "health/live",
            "health/ready",
            "metadata",
            "metrics",
            "version",
            "license",
            "manifest",
        )
    },
}
"""What answers a GET."""


def _engine(image: Image | None) -> str | None:
    """Known images only. Behind the proxy of NIM 2 vLLM's own paths may answer too."""
    name = image.repository.value if image else ""
    if image and name.startswith("nvcr.io/nim/") and image.tag.value.startswith("1."):
        return "NIM"
    return "vLLM" if f"/{name}".endswith("/vllm/vllm-openai") else None


def _bare(path: str) -> str:
    """FastAPI sends clients of `/health/` on to `/health`."""
    return "/" + path.partition("?")[0].strip("/")
