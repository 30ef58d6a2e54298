"""placeholder-left-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.user_values import chosen_strings
from helm_llm.values.layers import Values


@rule("placeholder-left-in", Severity.ERROR, Confidence.LIKELY)
def placeholder_left_in(values: Values) -> Iterator[Problem]:
    """A value still contains a placeholder from a template or guide.

    ## Why
    Helm does not replace `<YOUR_TOKEN>` or `${BUCKET}`: it passes the text on
    unchanged. The pod stays Pending because no node matches its node selector, the
    registry or the Hub answers 401, or a shell reads `<` as a redirection.

    Kubernetes expands only `$(NAME)`. This form is not reported, nor are `$` variables
    in scripts, commands and arguments.

    ## Bad
    ```yaml
    # chart: vllm
    nodeSelector:
      kubernetes.io/hostname: <YOUR_NODE>
    ```

    ## Good
    ```yaml
    # chart: vllm
    nodeSelector:
      kubernetes.io/hostname: gpu-node-1
    ```
    """
    for path, text in chosen_strings(values, _MARKS):
        placeholder = _placeholder_in(path, text)
        if placeholder:
            yield Problem(
                path,
                f"{dotted(path)} still contains the placeholder {placeholder}",
                help="replace it with your own value",
            )
    yield from _example_hosts(values)


def _placeholder_in(path: KeyPath, text: str) -> str | None:
    match = _ANYWHERE.search(text)
    # JSON and chat templates contain special tokens of the model: <END_OF_TURN>.
    if match and match[0].startswith("<") and _TEMPLATE.search(text):
        return None
    if not match and not _is_run_by_a_shell(path, text):
        match = _VARIABLE.search(text)
    return match[0] if match else None


def _is_run_by_a_shell(path: KeyPath, text: str) -> bool:
    return "\n" in text.strip() or not _SCRIPTS.isdisjoint(path)


def _example_hosts(values: Values) -> Iterator[Problem]:
    """Examples among the charts' defaults, which are harmless while switched off."""
    for switch, path, example in _EXAMPLE_HOSTS:
        if values.get(*switch) is not True or not values.is_user_set(switch):
            continue
        if values.get(*path) == example:
            yield Problem(
                path,
                f"{dotted(path)} is still {example}, the chart's example",
                related=(Related(switch, f"{dotted(switch)} is enabled here"),),
                help="replace it with your own value",
            )


_SCRIPTS = frozenset(
    (
        "args",
        "command",
        "customArgs",
        "customCommand",
        "workerCustomCommand",
        "additionalArgs",
        "extraArgs",
        "prescript",
    )
)

_MARKS = ("<", "$", "://", "hange", "HANGE", "xxx", "TYPE_GPU_USED", "your-node-name")
"""Every placeholder contains one of these; files without any of them are skipped."""

_ANYWHERE = re.compile(
    r"<(?!(?:BOS|CLS|EOS|MASK|PAD|SEP|UNK)>)[A-Z][A-Z0-9_-]+>"
    r"|(?i:<your[-_ ][^<>\n]*>|\bchange[-_]?me\b)"
    r"|\b(?:hf_|nvapi-|sk-)x{3,}\b"
    r"|\bTYPE_GPU_USED\b"
    r"|\byour-node-name\b"
    r"|\A[a-z][a-z0-9+.-]*://\S*?(?<!\$)\{\w[^}]{0,200}\}"
)
_TEMPLATE = re.compile(r"\{[\[{%\"]")
_VARIABLE = re.compile(r"\$\{\w[^}]{0,200}\}|^\$[A-Za-z_]\w*$")

_EXAMPLE_HOSTS: tuple[tuple[KeyPath, KeyPath, str], ...] = (
    (("nfs", "enabled"), ("nfs", "server"), "nfs-server.example.com"),
    (("ingress", "enabled"), ("ingress", "hosts", 0, "host"), "chart-example.local"),
)
"""A switch, the value that it brings into use, and the example in that value."""
