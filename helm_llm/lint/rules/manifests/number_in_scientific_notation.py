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
    """A large whole number is rendered in scientific notation.

    ## Why
    Helm reads every number in a values file as a float64. If a template prints a number
    of one million or more without `int64`, the result is in scientific notation. vLLM
    stops at `--max-num-batched-tokens=1.048576e+06` with
    `invalid human_readable_int value`, and annotations in this form are misread or
    ignored. `helm get values` prints large numbers the same way, so they are easily
    copied into the next values file.

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
            if not isinstance(value, str) or not _is_read_as_text(path):
                continue
            found = _SCIENTIFIC.search(value)
            if found is None or _is_fraction(manifest, path, value):
                continue
            meant = int(float(found["number"]))
            yield Problem(
                (),
                f"{label(manifest)}: {dotted(path)} is rendered as {value}, "
                f"but the number should be {meant}",
                help=f'quote the number in the values: "{meant}"',
            )


_SCIENTIFIC = re.compile(r"(?:^|=)(?P<number>-?\d(\.\d+)?e\+\d{2})$")


def _is_read_as_text(path: KeyPath) -> bool:
    """Whether the scalar is an argument, an environment variable or an annotation."""
    is_argument = len(path) > 1 and path[-2] in ("args", "command")
    is_variable = path[-1] == "value" and "env" in path
    return is_argument or is_variable or "annotations" in path


def _is_fraction(manifest: Object, path: KeyPath, value: str) -> bool:
    """Whether a vLLM option takes the value as a float, for which 1e+06 is valid."""
    flag, equals, _ = value.partition("=")
    last = path[-1]
    if not equals and isinstance(last, int):
        # `--flag value` are two list items, unlike `--flag=value`.
        flag = text(manifest, *path[:-1], last - 1)
    for release in releases():
        option = load(release).options.get(flag)
        if option and option.type == "float":
            return True
    return False
