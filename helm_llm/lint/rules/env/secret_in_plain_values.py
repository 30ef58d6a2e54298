"""secret-in-plain-values."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.secrets import MARKS, SECRET_KEYS, is_real, secret_kind
from helm_llm.lint.user_values import decides, user_scalars
from helm_llm.values.layers import Values


@rule("secret-in-plain-values", Severity.WARNING, Confidence.LIKELY)
def secret_in_plain_values(values: Values) -> Iterator[Problem]:
    """A token or key stands in a values file.

    ## Why
    Values files are committed, and Helm stores the merged values in the release's Secret: `helm get values` shows the
    token to everyone who may read the release. An argument is also visible in the pod's spec and in `ps`. Make a Secret
    once with `kubectl create secret generic` and name it in the values.

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
        kind = (
            (secret_kind(value) or _kind_by_place(values, path, value))
            if isinstance(value, str)
            else None
        )
        if kind and decides(document, path, values):
            message = f"{dotted(path)} holds {kind} in clear: it ends up in git and in the release's Secret"
            yield Problem(
                path,
                message,
                help=SECRET_KEYS.get(
                    path[-2:], "make a Secret of it and refer to that"
                ),
            )


_FLAGS = ("--api-key", "--hf-token", "--api_key", "--hf_token")

_MARKS = (*MARKS, "apiKey", "huggingfaceToken", "ngcAPIKey", "--api", "--hf")


def _kind_by_place(values: Values, path: KeyPath, text: str) -> str | None:
    """What a text is because of where it stands: the value of a key made for secrets, or a secret argument."""
    if path[-2:] in SECRET_KEYS and is_real(text):
        return "a key"
    flag, glued, secret = text.partition("=")
    if flag not in _FLAGS or not isinstance(path[-1], int):
        return None
    after = secret if glued else lookup(values.tree, (*path[:-1], path[-1] + 1))
    return (
        f"the secret of {flag}"
        if after is not MISSING and is_real(str(after))
        else None
    )
