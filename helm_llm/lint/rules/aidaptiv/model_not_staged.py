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
    """Nothing copies the model into the shared directory that the server reads it from.

    ## Why
    The shared directory is an emptyDir volume. It is empty in each new pod, and it
    hides anything that the server's image has at this path. Unless the prescript copies
    a model there, or `initContainer.modelSourcePath` is set, the server stops because
    its model path does not exist. The chart's default model path is in this directory,
    too.

    Nothing is reported when the prescript mentions the directory or runs commands that
    may fill it.

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
    script = fields.text(values, *_SCRIPT)
    if script is None or not model.name.startswith("/"):
        return
    mount = holder(model.name, serving.pod.mounts or ())
    if mount is None or mount.volume != "shared-data":
        return
    copied = fields.text(values, "initContainer", "modelSourcePath")
    if copied or _may_fill(script, mount.at):
        return
    reason = "the prescript does not mention it"
    if not script.strip():
        reason = "there is no prescript"
    paths = (model.path, _SCRIPT)
    path = serving.chosen(paths)
    yield Problem(
        path,
        f"nothing copies the model to {model.name}: "
        f"{mount.at} is empty in a new pod, and {reason}",
        related=tuple(
            Related(other, "must match this value") for other in paths if other != path
        ),
        help="copy it in the prescript, "
        "or read it from volumes.pvc, volumes.nfs or modelImage",
    )


_SCRIPT = ("prescript",)
# A copying command with a variable: its target may be the shared directory.
_COPY = re.compile(
    r"(?m)\b(?:cp|mv|rsync|rclone|tar|unzip|wget|curl|git|hf|huggingface-cli|aws|gsutil|mc|oras)\b.*\$"
)
# A change of directory, a script or a program: the files may end up anywhere.
_UNSEEN = re.compile(
    r"(?m)\b(?:cd|pushd|source|eval|exec|(?:ba)?sh|python3?)\s|(?:^|[;&|])\s*(?:[./]|\w+/)"
)


def _may_fill(script: str, directory: str) -> bool:
    if re.search(rf"(?<![\w./-]){re.escape(directory)}(?![\w.-])", script):
        return True
    return bool(_COPY.search(script) or _UNSEEN.search(script))
