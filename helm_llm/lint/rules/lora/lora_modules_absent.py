"""lora-modules-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.parser import Reason
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.layers import Values


@rule("lora-modules-absent", Severity.ERROR, Confidence.LIKELY)
def lora_modules_absent(serving: ServingSpec) -> Iterator[Problem]:
    """LoRA is on, and there is no adapter, or none that the engine can read.

    ## Why
    An adapter is `name=path`, or a JSON object with name and path. On anything else the engine stops at start, also on
    `a=/x,b=/y`; of a flag without adapters it says `expected at least one argument`. In the chart aidaptivcache LoRA
    without modules runs, and every request for an adapter ends with 404.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    vllm:
      lora:
        enable: true
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    vllm:
      lora:
        enable: true
        modules: sql=/data/lora/sql support=/data/lora/support
    ```
    """
    command = serving.command
    if command is None:
        return
    # The parser of a release that we know says so itself: engine-argument-value-rejected.
    for refusal in command.refused(Reason.VALUE) if not command.exact else ():
        if refusal.flag == _FLAG:
            value = f" {refusal.value}" if refusal.value else ""
            yield Problem(
                command.word(refusal).path,
                f"{_FLAG}{value}: {refusal.expected} is expected",
            )
    if _without_modules(serving.values, command):
        switch, modules = (("vllm", "lora", key) for key in ("enable", "modules"))
        message = "LoRA is on, and vllm.lora.modules names no adapter"
        yield Problem(switch, message, (Related(modules, "name them here"),))


_FLAG = "--lora-modules"


def _without_modules(values: Values, command: CommandLine) -> bool:
    """Adapters may be loaded later, where the engine is told to allow it."""
    on = values.chart.name == "aidaptivcache" and fields.switch(
        values, "vllm", "lora", "enable"
    )
    given = any(
        word.value.partition("=")[0].replace("_", "-") == _FLAG
        for word in command.words
    )
    return (
        bool(on)
        and not given
        and "VLLM_ALLOW_RUNTIME_LORA_UPDATING" not in command.variables
    )
