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
    """A value still holds the stand-in of a template or a guide.

    ## Why
    Nothing replaces `<YOUR_TOKEN>` or `${BUCKET}`: Helm passes the text on as it is. The pod stays Pending on a node
    selector no node has, the registry or the Hub answers 401, and in a shell `<` redirects. Kubernetes itself expands
    `$(NAME)` only, so that form is left alone, as are `$` variables in scripts, commands and arguments.

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
        found = _stand_in(path, text)
        if found:
            yield Problem(
                path,
                f"{dotted(path)} still holds {found}",
                help="replace it by a value of yours",
            )
    for switch, path, stand_in in _EXAMPLE_HOSTS:
        if (
            values.get(*switch) is True
            and values.user_set(switch)
            and values.get(*path) == stand_in
        ):
            message = f"{dotted(path)} is still {stand_in}, the chart's example"
            yield Problem(
                path, message, related=(Related(switch, f"{dotted(switch)} is on"),)
            )


def _stand_in(path: KeyPath, text: str) -> str | None:
    match = _ANYWHERE.search(text)
    if match and match[0].startswith("<") and _TEMPLATE.search(text):
        return None  # JSON and chat templates hold tokens of models: <END_OF_TURN>
    if not match and not _run_by_a_shell(path, text):
        match = _VARIABLE.search(text)
    return match[0] if match else None


def _run_by_a_shell(path: KeyPath, text: str) -> bool:
    return "\n" in text.strip() or not _SCRIPTS.isdisjoint(path)


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
"""Without one of these a file holds no stand-in."""

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
"""Examples among the charts' defaults, harmless until their switch is on."""
