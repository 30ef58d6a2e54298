"""How densely the package is written: `python -m tests.density [FILE ...]` prints the figures of each file.

AST nodes per line of code; comprehensions, conditional expressions and comments per 100
lines; conditional expressions within one another. Blank lines, comments and docstrings
are not lines of code.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "helm_llm"
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ANY = re.compile(r"\bAny\b")


@dataclass(frozen=True)
class Density:
    lines: int = 0
    nodes: int = 0
    comprehensions: int = 0
    conditionals: int = 0
    nested: int = 0
    comments: int = 0
    anys: int = 0

    def __add__(self, other: "Density") -> "Density":
        names = [field.name for field in fields(self)]
        return Density(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def nodes_per_line(self) -> float:
        return self.nodes / max(self.lines, 1)

    def per_100_lines(self, count: int) -> float:
        return 100 * count / max(self.lines, 1)

    def __str__(self) -> str:
        return (
            f"{self.nodes_per_line:5.1f} nodes/line"
            f"{self.per_100_lines(self.comprehensions):6.1f} comprehensions"
            f"{self.per_100_lines(self.conditionals):6.1f} conditionals"
            f"{self.per_100_lines(self.comments):6.1f} comments per 100"
            f"{self.nested:4} nested"
            f"{10 * self.per_100_lines(self.anys):6.1f} Any per 1000"
            f"{self.lines:7} lines"
        )


def density(text: str) -> Density:
    """The figures of a module."""
    nodes = list(ast.walk(ast.parse(text)))
    conditionals = [node for node in nodes if isinstance(node, ast.IfExp)]
    return Density(
        lines=_lines_of_code(text, nodes),
        nodes=len(nodes),
        comprehensions=sum(isinstance(node, COMPREHENSIONS) for node in nodes),
        conditionals=len(conditionals),
        nested=sum(_holds_conditional(node) for node in conditionals),
        comments=_comments(text),
        anys=len(ANY.findall(text)),
    )


def _lines_of_code(text: str, nodes: Iterable[ast.AST]) -> int:
    documented: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Expr) and _is_text(node.value):
            documented.update(range(node.lineno, (node.end_lineno or 0) + 1))
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    return sum(
        bool(line) and not line.startswith("#") and number not in documented
        for number, line in lines
    )


def _comments(text: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _holds_conditional(conditional: ast.IfExp) -> bool:
    return any(
        isinstance(node, ast.IfExp)
        for node in ast.walk(conditional)
        if node is not conditional
    )


def main(paths: list[str]) -> None:
    total = Density()
    files = [Path(path) for path in paths] or sorted(PACKAGE.rglob("*.py"))
    for file in files:
        found = density(file.read_text("utf-8"))
        total += found
        print(found, file)
    print(total, "all")


if __name__ == "__main__":
    main(sys.argv[1:])
