"""What the sources of a vLLM release say of its server's answers: fields of each body, and its metrics.

A test compares the simulator with it. The sources are read, not run, and come from the package index.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from record import sources

BODIES = (
    "ChatCompletionResponse",
    "ChatCompletionResponseChoice",
    "ChatCompletionResponseStreamChoice",
    "ChatCompletionStreamResponse",
    "ChatMessage",
    "CompletionResponse",
    "CompletionResponseChoice",
    "CompletionResponseStreamChoice",
    "CompletionStreamResponse",
    "DeltaMessage",
    "ErrorInfo",
    "ErrorResponse",
    "ModelCard",
    "ModelList",
    "ModelPermission",
    "UsageInfo",
)
METRICS = {
    "_gauge_cls": "gauge",
    "_counter_cls": "counter",
    "_histogram_cls": "histogram",
}


def nodes(directory: Path, pattern: str) -> Iterator[ast.AST]:
    for path in sorted(directory.rglob(pattern)):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def bodies(vllm: Path) -> dict[str, list[str]]:
    """Body -> its fields, in the order in which they are written out."""
    return {
        node.name: [
            part.target.id
            for part in node.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        ]
        for node in nodes(vllm / "entrypoints", "protocol.py")
        if isinstance(node, ast.ClassDef) and node.name in BODIES
    }


def metrics(vllm: Path) -> dict[str, str]:
    """Metric -> kind, of those that are always there and of those that a setting adds."""
    return {
        word.value.value: METRICS[node.func.attr]
        for node in nodes(vllm / "v1" / "metrics", "loggers.py")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in METRICS
        for word in node.keywords
        if word.arg == "name"
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
    }


def main() -> None:
    (release,) = sys.argv[1:]
    vllm = sources(release) / "vllm"
    found = bodies(vllm)
    if missing := set(BODIES) - set(found):
        sys.exit(f"vLLM {release} has no {', '.join(sorted(missing))}")
    json.dump(
        {"release": release, "bodies": found, "metrics": metrics(vllm)},
        sys.stdout,
        indent=1,
        sort_keys=True,
    )
    print()


if __name__ == "__main__":
    main()
