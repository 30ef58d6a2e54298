"""object-name-too-long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import MISSING, lookup, scalars
from helm_llm.lint.origins import path_of
from helm_llm.lint.render import ASSUMED_RELEASE
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import kind_of, label, name_of
from helm_llm.typed import Object


@rule("object-name-too-long", Severity.ERROR, Confidence.CERTAIN)
def object_name_too_long(manifests: Manifests) -> Iterator[Problem]:
    """A name or label is too long, or a label contains invalid characters.

    ## Why
    The API server rejects labels and the names of Services and StatefulSets that are
    too long: `must be no more than 63 characters`. It also rejects labels that contain
    anything other than letters, digits, `-`, `_` and `.`, or that begin or end with
    punctuation.

    KServe turns the name of an InferenceService into labels. This leaves 48 characters
    for the name, or 41 with several nodes. The API server accepts a longer name, but
    nothing else is created.

    Names that contain the release name are checked only with `--release-name`.

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
        name, limit = name_of(found), _name_limit(found)
        # The name that Helm will give the release is unknown, and may be shorter.
        if ASSUMED_RELEASE not in name and limit and len(name) > limit:
            yield Problem(
                path_of(manifests, name),
                f"the name of {label(found)} has {len(name)} characters, "
                f"but may have at most {limit}",
            )
        for path, value in scalars(found):
            if path[-3:-1] != ("metadata", "labels") or not isinstance(value, str):
                continue
            if fault := _fault_of_label(value):
                key = str(path[-1])
                message = f"{label(found)}: label {key} is {value}, but {fault}"
                yield Problem(path_of(manifests, value, key), message)


def _name_limit(found: Object) -> int | None:
    kind = kind_of(found)
    if kind in ("Service", "StatefulSet"):
        return _LABEL_LIMIT
    if kind != "InferenceService":
        return None
    # KServe builds labels from the name, and longer labels for several nodes.
    has_workers = lookup(found, ("spec", "predictor", "workerSpec")) is not MISSING
    return 41 if has_workers else 48


def _fault_of_label(value: str) -> str | None:
    if len(value) > _LABEL_LIMIT:
        return f"may have at most {_LABEL_LIMIT} characters, not {len(value)}"
    if re.fullmatch(_LABEL, value, re.ASCII):
        return None
    return (
        "must begin and end with a letter or digit "
        "and contain only letters, digits, -, _ and ."
    )


_LABEL = r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_LABEL_LIMIT = 63
