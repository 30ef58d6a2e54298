"""Writes the table of a chart's values into its README, from the comments of its values.yaml.

    python ci/docs/values_table.py [--check] charts/vllm ...

`# -- text` above a key makes a row, a map included; a map without such a comment is documented key by key. A comment
`# key: null` with its text in the lines below makes a row for a key that is not set. --check writes nothing and exits
with 1 when a README is stale.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BEGIN, END = "<!-- values -->", "<!-- /values -->"
UNSET = re.compile(r"# (\w+): null")
TYPES = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    list: "list",
    dict: "object",
}

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One line of the table; `line` is where the file has the key."""

    line: int
    path: KeyPath
    type: str
    default: str
    description: str

    def __str__(self) -> str:
        key = ".".join(name.replace(".", r"\.") for name in self.path)
        cells = (f"`{key}`", self.type, self.default, self.description)
        return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def rows(text: str) -> list[Row]:
    """The rows of a values.yaml in its order."""
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    return sorted(_rows(root, (), yaml.safe_load(text), text.splitlines()))


def _rows(
    mapping: yaml.MappingNode, path: KeyPath, values: dict[str, Any], lines: list[str]
) -> Iterator[Row]:
    yield from _unset_rows(mapping, path, lines)
    for key, node in mapping.value:
        value, here, line = values[key.value], (*path, key.value), key.start_mark.line
        if description := _comment_above(lines, line):
            yield Row(
                line,
                here,
                TYPES[type(value)],
                f"`{json.dumps(value, ensure_ascii=False)}`",
                description,
            )
        elif value and isinstance(node, yaml.MappingNode):
            yield from _rows(node, here, value, lines)
        else:
            raise SystemExit(f"{'.'.join(here)} has no comment `# -- text`")


def _unset_rows(
    mapping: yaml.MappingNode, path: KeyPath, lines: list[str]
) -> Iterator[Row]:
    column = mapping.start_mark.column
    for line in range(mapping.start_mark.line, mapping.end_mark.line):
        if found := UNSET.fullmatch(lines[line], column):
            yield Row(
                line,
                (*path, found[1]),
                "",
                "not set",
                " ".join(_comment_below(lines, line)),
            )


def _comment_above(lines: list[str], line: int) -> str:
    block: list[str] = []
    for text in reversed(lines[:line]):
        if not text.lstrip().startswith("#"):
            break
        block.insert(0, _without_hash(text))
        if block[0].startswith("-- "):
            return " ".join(block).removeprefix("-- ")
    return ""


def _comment_below(lines: list[str], line: int) -> Iterator[str]:
    for text in lines[line + 1 :]:
        if not text.lstrip().startswith("#"):
            return
        yield _without_hash(text)


def _without_hash(text: str) -> str:
    return text.strip().removeprefix("#").strip()


def with_table(readme: str, table: list[Row]) -> str:
    """The README with its old table replaced."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"README.md has no {BEGIN} and {END}")
    head = ["| Key | Type | Default | Description |", "|---|---|---|---|"]
    return "\n".join([before + BEGIN, *head, *map(str, table), END + after])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, exit with 1 when a README is stale",
    )
    parser.add_argument("charts", nargs="+", type=Path)
    arguments = parser.parse_args()
    stale = [
        chart
        for chart in arguments.charts
        if not _refresh(chart, write=not arguments.check)
    ]
    for chart in stale if arguments.check else ():
        print(
            f"{chart}/README.md is stale: python ci/docs/values_table.py {chart}",
            file=sys.stderr,
        )
    return int(arguments.check and bool(stale))


def _refresh(chart: Path, *, write: bool) -> bool:
    """Whether the README was fresh."""
    readme = chart / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = with_table(old, rows((chart / "values.yaml").read_text(encoding="utf-8")))
    if write and new != old:
        readme.write_text(new, encoding="utf-8")
    return new == old


if __name__ == "__main__":
    sys.exit(main())
