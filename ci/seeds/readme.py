"""Find tables, lists, fenced blocks and command lines in the text of a README."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from itertools import pairwise


def table_rows(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield first and last cell of the table rows for keys.

    The last cell holds the default, if it is marked as code.
    """
    for line in re.findall(r"^\| `.*\|$", text, re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        default = re.match(r"`(.*?)`", cells[-1])
        yield cells[0].strip("`"), default[1] if default else None


def section(text: str, heading: str) -> str:
    """Return the text below a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def bullets(text: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield name and description of each item in the first list after a text."""
    for line in text.partition(after)[2].strip("\n").splitlines():
        item = re.match(r"[-*] +`(\w+)`(.*)", line)
        if item is None:
            return
        yield item[1], item[2]


def fenced_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield language and body of each fenced block, also within lists."""
    fence = r"^( *)```(\w*)\n(.*?)^\1```$"
    for _, language, body in re.findall(fence, text, re.MULTILINE | re.DOTALL):
        yield language, textwrap.dedent(body)


def set_arguments(body: str) -> Iterator[list[str]]:
    """Yield the `--set` arguments of each helm command in a block of shell lines."""
    for line in re.sub(r"\\\n", " ", body).splitlines():
        if line.startswith("helm "):
            pairs = pairwise(shlex.split(line))
            yield [argument for option, argument in pairs if option == "--set"]
