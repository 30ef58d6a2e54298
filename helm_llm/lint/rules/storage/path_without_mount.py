"""path-without-mount."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.grammar import join_words
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.derived.needed_files import mounted_before, reads
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import ServingSpec


@rule("path-without-mount", Severity.ERROR, Confidence.LIKELY)
def path_without_mount(serving: ServingSpec) -> Iterator[Problem]:
    """The engine reads from a path that is not on any volume.

    ## Why
    The public images contain an engine but no models, so files that the values refer to
    must be on a volume. If a model directory does not exist, vLLM takes the path for a
    repository on the Hugging Face Hub and stops with
    `Repo id must be in the form 'repo_name' or 'namespace/repo_name'`. A NIM starts
    without its adapters.

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
    if not mounts:
        return
    for read in reads(serving):
        file = read.file.value
        if holder(file, mounts) or mounted_before(serving, read):
            continue
        places = join_words([mount.at or "/" for mount in mounts])
        yield Problem(
            read.file.path,
            f"no volume contains the {read.what} {file}: "
            f"volumes are mounted at {places}",
            help="mount the volume that contains it, or use a path on a mounted one",
        )
