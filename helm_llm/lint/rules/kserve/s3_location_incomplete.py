"""s3-location-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import from_bucket
from helm_llm.serving.read import fields
from helm_llm.serving.spec.spec import ServingSpec

_MODE = ("model", "mode")


@rule(
    "s3-location-incomplete",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def s3_location_incomplete(serving: ServingSpec) -> Iterator[Problem]:
    """The bucket of a model, or the folder in it, is not named.

    ## Why
    The key chooses an entry of the Secret `storage-config`, the path a folder in the bucket described there. Without
    them our chart refuses the values; with a wrong key every pod is refused: `specified storage key .. not found in
    storage secret`. A model in the root of a bucket cannot be served.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    model:
      mode: s3
      s3:
        path: granite
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    model:
      mode: s3
      s3:
        key: my-s3-connection
        path: granite
    ```
    """
    if from_bucket(serving.values):
        key, path = (
            fields.text(serving.values, "model", "s3", name) for name in ("key", "path")
        )
        if key == "":
            yield _problem("key", key, "name an entry of the Secret storage-config")
        elif key and "/" in key:
            yield _problem(
                "key", key, "an entry of the Secret storage-config, not a path"
            )
        if path == "":
            yield _problem("path", path, "name the folder of the model")
        elif path is not None and not path.strip("/"):
            yield _problem(
                "path", path, "the model cannot lie in the root of the bucket"
            )


def _problem(field: str, text: str, detail: str) -> Problem:
    path: KeyPath = ("model", "s3", field)
    return Problem(
        path,
        f'model.s3.{field} "{text}": {detail}',
        (Related(_MODE, "the bucket is chosen here"),),
    )
