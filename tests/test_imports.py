"""One direction: command line, then lint, then what a deployment is, then values, then processes and errors."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "helm_llm"

LAYERS = (
    {"errors", "signals", "facts", "keypath", "option", "lora", "engines", "json_text", "go_print"},
    {"masking", "checkout"},
    {"writing"},
    {"cache", "junit"},
    {"process", "scalars", "flyte", "simulator", "typed", "names", "inputs", "duration"},
    {"marks", "tools", "pod_template", "nodes"},
    {"composer", "dumper"},
    {"syntax"},
    {"source", "manifests", "words", "chart_links", "chart_schemas"},
    {"metadata", "strvals"},
    {"chart"},
    {"coalesce", "origins"},
    {"layers"},
    {"serving"},
    {"lint"},
    {"harness"},
    {"completion"},
    {"cli", "nim"},
    {"__main__", "__init__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def _top(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {
                f"{node.module}.{alias.name}" if node.module == "helm_llm" else node.module for alias in node.names
            }
    return {_top(name) for name in names if name.split(".")[0] == "helm_llm"} & set(RANK)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_imports_upward(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert own in RANK, f"say in which layer {own} is"
    assert not {name for name in _imported(path) - {own} if RANK[name] >= RANK[own] and name != "__init__"}


def test_only_process_spawns() -> None:
    spawning = [path for path in PACKAGE.rglob("*.py") if "import subprocess" in path.read_text("utf-8")]
    assert spawning == [PACKAGE / "process.py"]
