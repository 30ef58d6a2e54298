"""model-not-staged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import ServingSpec


@rule(
    "model-not-staged", Severity.WARNING, Confidence.LIKELY, charts=("aidaptivcache",)
)
def model_not_staged(serving: ServingSpec) -> Iterator[Problem]:
    """Nothing copies the model to the shared directory that it is read from.

    ## Why
    The shared directory is an emptyDir: each new pod starts with nothing in it, whatever the server's image has there.
    Unless the prescript copies a model to it, or `initContainer.modelSourcePath` names one, the server stops because
    its model path does not exist. The chart's default model lies there too.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    prescript: echo preparing
    vllm:
      args:
        model: /data/model/Qwen3-8B
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    prescript: cp -r /mnt/data/Qwen3-8B /data/model/
    vllm:
      args:
        model: /data/model/Qwen3-8B
    volumes:
      nfs: {enabled: true, server: 10.0.0.5, path: /models}
    ```
    """
    model, values = serving.model, serving.values
    mount = (
        holder(model.name, serving.pod.mounts or ())
        if model.name.startswith("/")
        else None
    )
    script = fields.text(values, *_SCRIPT)
    copied = fields.text(values, "initContainer", "modelSourcePath")
    if (
        mount
        and mount.volume == "shared-data"
        and script is not None
        and not (copied or _may_fill(script, mount.at))
    ):
        state = (
            "the prescript does not name it"
            if script.strip()
            else "there is no prescript"
        )
        path = serving.chosen((model.path, _SCRIPT))
        yield Problem(
            path,
            f"nothing copies the model to {model.name}: {mount.at} starts empty, and {state}",
            related=tuple(
                Related(one, "this has to fit")
                for one in (model.path, _SCRIPT)
                if one != path
            ),
            help="copy it in a prescript, or read it from volumes.pvc, volumes.nfs or modelImage",
        )


_SCRIPT = ("prescript",)
_COPY = re.compile(
    r"(?m)\b(?:cp|mv|rsync|rclone|tar|unzip|wget|curl|git|hf|huggingface-cli|aws|gsutil|mc|oras)\b.*\$"
)
"""A command whose target may be in a variable."""
_UNSEEN = re.compile(
    r"(?m)\b(?:cd|pushd|source|eval|exec|(?:ba)?sh|python3?)\s|(?:^|[;&|])\s*(?:[./]|\w+/)"
)
"""Another directory, a script or a program that may do anything."""


def _may_fill(script: str, directory: str) -> bool:
    named = re.search(rf"(?<![\w./-]){re.escape(directory)}(?![\w.-])", script)
    return named is not None or any(form.search(script) for form in (_COPY, _UNSEEN))
