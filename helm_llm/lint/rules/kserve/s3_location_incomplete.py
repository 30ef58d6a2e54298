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
    refused_by="template",
)
def s3_location_incomplete(serving: ServingSpec) -> Iterator[Problem]:
    """The bucket of the model, or the folder in it, is not set.

    ## Why
    The key selects an entry of the Secret `storage-config`, and the path is a folder in
    the bucket that this entry describes. Without both, the chart rejects the values.
    With a wrong key, every pod is rejected with
    `specified storage key .. not found in storage secret`. A model in the root of a
    bucket cannot be served.

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
    if not from_bucket(serving.values):
        return
    key = fields.text(serving.values, "model", "s3", "key")
    if key == "":
        yield _problem("key", "is empty: name an entry of the Secret storage-config")
    elif key and "/" in key:
        yield _problem(
            "key",
            f'is "{key}", but must be the name of an entry '
            "of the Secret storage-config",
        )
    path = fields.text(serving.values, "model", "s3", "path")
    if path == "":
        yield _problem("path", "is empty: name the folder of the model")
    elif path is not None and not path.strip("/"):
        yield _problem(
            "path", f'is "{path}", but the model cannot be in the root of the bucket'
        )


def _problem(field: str, complaint: str) -> Problem:
    path: KeyPath = ("model", "s3", field)
    related = Related(_MODE, "the bucket is chosen here")
    return Problem(path, f"model.s3.{field} {complaint}", (related,))
