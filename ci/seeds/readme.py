"""Find tables, lists, fenced blocks and command lines in a README."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from itertools import pairwise


def rows(text: str) -> Iterator[tuple[str, str | None]]:
    """(first cell, last cell) of the table rows that name a key; a default without code marks is none."""
    for line in re.findall(r"^\| `.*\|$", text, re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        default = re.match(r"`(.*?)`", cells[-1])
        yield cells[0].strip("`"), default and default[1]


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def bullets(text: str, after: str) -> Iterator[tuple[str, str]]:
    """(name, description) of the first list after a text."""
    for line in text.partition(after)[2].strip("\n").splitlines():
        item = re.match(r"[-*] +`(\w+)`(.*)", line)
        if item is None:
            return
        yield item[1], item[2]


def fenced(text: str) -> Iterator[tuple[str, str]]:
    """(language, body) of each fenced block, those inside lists too."""
    for _, language, body in re.findall(
        r"^( *)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL
    ):
        yield language, textwrap.dedent(body)


def set_arguments(body: str) -> Iterator[list[str]]:
    """The `--set` arguments of each helm command in a block of shell lines."""
    for line in re.sub(r"\\\n", " ", body).splitlines():
        if line.startswith("helm "):
            words = shlex.split(line)
            yield [
                argument for option, argument in pairwise(words) if option == "--set"
            ]
