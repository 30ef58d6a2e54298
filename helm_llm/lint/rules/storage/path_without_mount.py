"""path-without-mount."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.plural import listed
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.derived.needed_files import mounted_before, reads
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import ServingSpec


@rule("path-without-mount", Severity.ERROR, Confidence.LIKELY)
def path_without_mount(serving: ServingSpec) -> Iterator[Problem]:
    """The engine is told a path that no volume of its container holds.

    ## Why
    The public images bring an engine, no models: what a path names must come from a volume. vLLM takes a directory that
    is not there for a repository of the Hub, `Repo id must be in the form 'repo_name' or 'namespace/repo_name'`; a NIM
    serves without its adapters.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: /models/Qwen3-8B
    persistence:
      existingClaim: models
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: /models/Qwen3-8B
    persistence:
      existingClaim: models
      mountPath: /models
    ```
    """
    mounts = serving.pod.mounts
    for read in reads(serving) if mounts else ():
        if holder(read.file.value, mounts or ()) is None and not mounted_before(
            serving, read
        ):
            places = listed([mount.at or "/" for mount in mounts or ()])
            yield Problem(
                read.file.path,
                f"{read.what} {read.file.value} is on no volume: mounted are {places}",
                help="mount the volume that holds it, or name it where that is mounted",
            )
