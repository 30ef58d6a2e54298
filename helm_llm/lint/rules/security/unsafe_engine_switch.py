"""unsafe-engine-switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("unsafe-engine-switch", Severity.WARNING, Confidence.CERTAIN)
def unsafe_engine_switch(serving: ServingSpec) -> Iterator[Problem]:
    """A switch of the engine opens what vLLM keeps closed for good reasons.

    ## Why
    These switches are for development, or for servers that nobody but their owner reaches. Nothing is to be seen until
    somebody uses what they open.

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
    for name, risk in _SWITCHES.items():
        variable = serving.pod.variable(name)
        if (
            variable
            and variable.text is not None
            and variable.text.strip().lower() in ("1", "true")
        ):
            yield Problem(variable.path, f"{name}: {risk}")
    command = serving.command
    if command and command.value(_MEDIA) == "/":
        yield Problem(
            command.path(_MEDIA),
            f"{_MEDIA} /: a request may read every file of the container",
        )


_MEDIA = "--allowed-local-media-path"
_SWITCHES: Mapping[str, str] = {
    "VLLM_SERVER_DEV_MODE": "anyone who reaches the server may call methods of its workers and put it to sleep",
    "VLLM_ALLOW_INSECURE_SERIALIZATION": "messages are unpickled, which runs the code that they hold",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "anyone who reaches the server may load and unload adapters",
    "VLLM_ALLOW_LONG_MAX_MODEL_LEN": "beyond the model's positions answers are nonsense, or the server crashes",
}
