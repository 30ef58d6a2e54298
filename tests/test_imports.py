"""No import circles: neither between modules nor between packages, imports for type checkers included."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "helm_llm"
DIVIDED = {"lint", "serving"}
"""Packages whose subpackages have an order of their own."""

Graph = Mapping[str, Iterable[str]]


def _modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
    }


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (
                name if name in modules else _init(node.module, modules)
                for name in names
            )


def _init(module: str, modules: Mapping[str, Path]) -> str:
    return module if module in modules else f"{module}.__init__"


def _graph() -> dict[str, set[str]]:
    modules = _modules()
    return {
        name: set(_imported(path, modules)) & set(modules) - {name}
        for name, path in modules.items()
    }


def _packages(graph: Graph) -> dict[str, set[str]]:
    """The same between packages, or modules where they lie in none."""
    found: dict[str, set[str]] = {}
    for name, imported in graph.items():
        found.setdefault(_package(name), set()).update(
            {_package(other) for other in imported} - {_package(name)}
        )
    return found


def _package(module: str) -> str:
    parts = module.split(".")
    depth = 3 if parts[1] in DIVIDED else 2
    return ".".join(parts[:depth])


def _circle(graph: Graph) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_modules_import_in_one_direction() -> None:
    assert _circle(_graph()) == []


def test_packages_import_in_one_direction() -> None:
    assert _circle(_packages(_graph())) == []


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("helm_llm.keypath", "helm_llm.cli.__init__"),
        ("helm_llm.errors", "helm_llm.lint.run"),
    ],
)
def test_a_circle_is_found(low: str, high: str) -> None:
    graph = _graph()
    graph[low] = {high}
    assert _circle(graph)
    assert _circle(_packages(graph))


def test_only_process_spawns() -> None:
    spawning = [
        path
        for path in PACKAGE.rglob("*.py")
        if "import subprocess" in path.read_text("utf-8")
    ]
    assert spawning == [PACKAGE / "process" / "child.py"]
