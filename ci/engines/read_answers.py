"""Read the answers of a vLLM server from its sources: fields of each body, names of metrics.

A test compares the simulator with them. The sources are parsed, not run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

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


class Answers(TypedDict):
    """What tests/data/vllm-answers.json holds."""

    release: str
    bodies: dict[str, list[str]]
    metrics: dict[str, str]


def read_answers(release: str, sources: Path) -> Answers:
    """Return the bodies and metrics of a release."""
    bodies = read_bodies(sources / "vllm")
    if missing := set(BODIES) - set(bodies):
        sys.exit(
            f"vLLM {release} does not define {', '.join(sorted(missing))}: "
            "correct BODIES in ci/engines/read_answers.py"
        )
    metrics = read_metrics(sources / "vllm")
    return {"release": release, "bodies": bodies, "metrics": metrics}


def read_bodies(vllm: Path) -> dict[str, list[str]]:
    """Return the fields of each body, in the order in which the server writes them."""
    bodies = {}
    for node in syntax_nodes(vllm / "entrypoints", "protocol.py"):
        if isinstance(node, ast.ClassDef) and node.name in BODIES:
            bodies[node.name] = list(class_fields(node))
    return bodies


def class_fields(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id


def read_metrics(vllm: Path) -> dict[str, str]:
    """Return the kind of each metric, including those that only a setting enables."""
    metrics = {}
    for node in syntax_nodes(vllm / "v1" / "metrics", "loggers.py"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            kind = METRICS.get(node.func.attr)
            name = keyword_text(node, "name")
            if kind and name:
                metrics[name] = kind
    return metrics


def keyword_text(call: ast.Call, argument: str) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == argument and isinstance(keyword.value, ast.Constant):
            value = keyword.value.value
            return value if isinstance(value, str) else None
    return None


def syntax_nodes(directory: Path, pattern: str) -> Iterator[ast.AST]:
    for path in sorted(directory.rglob(pattern)):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))
