"""unsafe-engine-switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("unsafe-engine-switch", Severity.WARNING, Confidence.CERTAIN)
def unsafe_engine_switch(serving: ServingSpec) -> Iterator[Problem]:
    """A switch disables one of vLLM's safeguards.

    ## Why
    These switches are meant for development, or for servers that only their owner can
    reach. There is no visible effect until someone uses what a switch allows.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      env:
        - {name: VLLM_SERVER_DEV_MODE, value: "1"}
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--allowed-local-media-path=/media"]
    ```
    """
    for name, risk in _RISKS.items():
        variable = serving.pod.variable(name)
        if variable is None or variable.text is None:
            continue
        if variable.text.strip().lower() in ("1", "true"):
            yield Problem(variable.path, f"{name}: {risk}")
    command = serving.command
    if command and command.value(_MEDIA) == "/":
        yield Problem(
            command.path(_MEDIA),
            f"{_MEDIA} is /: requests can read every file in the container",
            help="use a directory that contains only media files",
        )


_MEDIA = "--allowed-local-media-path"
_RISKS: Mapping[str, str] = {
    "VLLM_SERVER_DEV_MODE": "anyone who can reach the server can call methods "
    "of its workers and put it to sleep",
    "VLLM_ALLOW_INSECURE_SERIALIZATION": "messages are unpickled, "
    "so they can run any code",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "anyone who can reach the server "
    "can load and unload adapters",
    "VLLM_ALLOW_LONG_MAX_MODEL_LEN": "beyond the context length of the model, "
    "answers are nonsense or the server crashes",
}
