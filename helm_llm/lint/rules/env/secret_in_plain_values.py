"""secret-in-plain-values."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.secrets import MARKS, SECRET_KEYS, is_real, secret_kind
from helm_llm.lint.user_values import is_effective, user_scalars
from helm_llm.values.layers import Values


@rule("secret-in-plain-values", Severity.WARNING, Confidence.LIKELY)
def secret_in_plain_values(values: Values) -> Iterator[Problem]:
    """A values file contains a token or key in plain text.

    ## Why
    Values files are usually committed to git, and Helm stores the merged values in the
    release's Secret: `helm get values` shows the token to everyone who can read the
    release. A secret in an argument is also visible in the pod's spec and in the output
    of `ps`. Create a Secret with `kubectl create secret generic` and name it in the
    values.

    ## Bad
    ```yaml
    # chart: vllm
    apiKey:
      value: t0p-secret-of-ours
    ```

    ## Good
    ```yaml
    # chart: vllm
    apiKey:
      existingSecret: vllm-api-key
    ```
    """
    for document, path, value in user_scalars(values, _MARKS):
        if not isinstance(value, str):
            continue
        kind = secret_kind(value) or _kind_by_place(values, path, value)
        if not kind or not is_effective(document, path, values):
            continue
        advice = SECRET_KEYS.get(path[-2:], "move it to a Secret and refer to that")
        yield Problem(
            path,
            f"{dotted(path)} contains {kind} in plain text: "
            "it ends up in git and in the release's Secret",
            help=advice,
        )


_FLAGS = ("--api-key", "--hf-token", "--api_key", "--hf_token")

_MARKS = (*MARKS, "apiKey", "huggingfaceToken", "ngcAPIKey", "--api", "--hf")


def _kind_by_place(values: Values, path: KeyPath, text: str) -> str | None:
    """The kind of a secret that has no typical shape, from its key or its flag."""
    if path[-2:] in SECRET_KEYS and is_real(text):
        return "a key"
    flag, equals, secret = text.partition("=")
    if flag not in _FLAGS or not isinstance(path[-1], int):
        return None
    if not equals:
        # The secret is the next item of the list.
        next_item = (*path[:-1], path[-1] + 1)
        secret = lookup(values.tree, next_item)
    if secret is MISSING or not is_real(str(secret)):
        return None
    return f"the secret of {flag}"
