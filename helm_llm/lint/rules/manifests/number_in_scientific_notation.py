"""number-in-scientific-notation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.engines.table import load, releases
from helm_llm.keypath import KeyPath, dotted, scalars
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import label
from helm_llm.typed import Object, text


@rule("number-in-scientific-notation", Severity.ERROR, Confidence.CERTAIN)
def number_in_scientific_notation(manifests: Manifests) -> Iterator[Problem]:
    """A large whole number reaches the cluster as 1.048576e+06.

    ## Why
    Every number of a values file is a float64 for Helm, and a template that prints one of a million or more without
    `int64` gives the scientific form. `vllm serve --max-num-batched-tokens=1.048576e+06` stops with
    `invalid human_readable_int value`; annotations are read as another number or not at all. `helm get values` prints
    such numbers too, ready to be copied into the next values file.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--max-num-batched-tokens=1.048576e+06"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--max-num-batched-tokens=1048576"]
    ```
    """
    for manifest in manifests.objects:
        for path, value in scalars(manifest):
            found = (
                _SCIENTIFIC.search(value)
                if isinstance(value, str) and _read_as_text(path)
                else None
            )
            if found and not _is_fraction(manifest, path, value):
                meant = int(float(found["number"]))
                message = f"{label(manifest)}: {dotted(path)} is rendered as {value}, meant is {meant}"
                yield Problem(
                    (), message, help=f'quote the number in the values: "{meant}"'
                )


_SCIENTIFIC = re.compile(r"(?:^|=)(?P<number>-?\d(\.\d+)?e\+\d{2})$")


def _is_fraction(manifest: Object, path: KeyPath, value: str) -> bool:
    """Whether it stands behind an option of vLLM that takes fractions, which may be written so."""
    flag, equal, _ = value.partition("=")
    before = (*path[:-1], int(path[-1]) - 1) if isinstance(path[-1], int) else ()
    if not equal and before:
        flag = text(manifest, *before)
    options = (load(release).options.get(flag) for release in releases())
    return any(option.type == "float" for option in options if option)


def _read_as_text(path: KeyPath) -> bool:
    in_list = len(path) > 1 and path[-2] in ("args", "command")
    return in_list or "annotations" in path or (path[-1] == "value" and "env" in path)
