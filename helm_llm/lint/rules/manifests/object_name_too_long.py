"""object-name-too-long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helm_llm.keypath import MISSING, lookup, scalars
from helm_llm.lint.render import ASSUMED_RELEASE
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.trace import traced
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import kind_of, label, name_of
from helm_llm.typed import Object


@rule("object-name-too-long", Severity.ERROR, Confidence.CERTAIN)
def object_name_too_long(manifests: Manifests) -> Iterator[Problem]:
    """A name or the value of a label is longer than Kubernetes takes, or has characters it does not take.

    ## Why
    The API server refuses labels and the names of Services and StatefulSets: `must be no more than 63 characters`.
    KServe makes labels of the name of an InferenceService, and has room for 48 characters, for 41 on several nodes:
    there the object is accepted and nothing else appears. A name that holds the release's is looked at with
    `--release-name` only.

    ## Bad
    ```yaml
    # chart: vllm
    podLabels:
      owner: research/llm
    ```

    ## Good
    ```yaml
    # chart: vllm
    podLabels:
      owner: research-llm
    ```
    """
    for found in manifests.objects:
        name = name_of(found)
        if ASSUMED_RELEASE not in name and (fault := _fault_of_name(found, name)):
            yield Problem(traced(manifests, name), f"{label(found)} {fault}")
        for path, value in scalars(found):
            if (
                path[-2:-1] == ("labels",)
                and path[-3:-2] == ("metadata",)
                and (fault := _fault_of_label(value))
            ):
                message = f"{label(found)}: the label {path[-1]}, {value}, {fault}"
                yield Problem(traced(manifests, value, str(path[-1])), message)


def _fault_of_name(found: Object, name: str) -> str | None:
    kind = kind_of(found)
    longest = _LONGEST.get(kind)
    if kind == "InferenceService":
        longest = (
            48 if lookup(found, ("spec", "predictor", "workerSpec")) is MISSING else 41
        )
    return (
        f"has {len(name)} characters, {longest} allowed"
        if longest and len(name) > longest
        else None
    )


def _fault_of_label(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if len(value) > _WIDTH:
        return f"has {len(value)} characters, {_WIDTH} allowed"
    if re.fullmatch(_LABEL, value, re.ASCII):
        return None
    return "must begin and end with a letter or digit and have nothing but letters, digits, -, _ and ."


_LABEL = r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_WIDTH = 63
_LONGEST = {"Service": _WIDTH, "StatefulSet": _WIDTH}
