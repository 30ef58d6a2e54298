"""Write trees as YAML text, and change trees and texts at random."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.odd import RAW_SCALARS, Odd, Raw

Path = tuple[str | int, ...]


def to_yaml(tree: Any, indent: int = 0) -> str:
    """Return block YAML. `Raw` scalars are written unchanged, other text is quoted."""
    pad = "  " * indent
    if isinstance(tree, dict) and tree:
        return "".join(
            f"{pad}{_scalar(str(key))}:{_below(value, indent)}"
            for key, value in tree.items()
        )
    if isinstance(tree, list) and tree:
        return "".join(f"{pad}-{_below(value, indent)}" for value in tree)
    return f"{pad}{_scalar(tree)}\n"


def _below(tree: Any, indent: int) -> str:
    if isinstance(tree, dict | list) and tree:
        return "\n" + to_yaml(tree, indent + 1)
    return f" {_scalar(tree)}\n"


def _scalar(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        letters = value.replace("-", "").replace("/", "")
        if letters.isalpha() and value.isascii():
            return value
    return json.dumps(value)


def paths(tree: Any, above: Path = ()) -> Iterator[Path]:
    """Yield the path of every value below the root."""
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(tree, dict):
        pairs = list(tree.items())
    elif isinstance(tree, list):
        pairs = list(enumerate(tree))
    for step, value in pairs:
        yield (*above, step)
        yield from paths(value, (*above, step))


def change_values(odd: Odd, tree: Any, most: int = 3) -> Any:
    """Replace, remove, repeat or move up to `most` values of the tree; return the same tree."""
    for _ in range(odd.randint(1, most)):
        known = list(paths(tree))
        if known:
            _change(odd, tree, odd.one(known))
    return tree


def _change(odd: Odd, tree: Any, path: Path) -> None:
    for step in path[:-1]:
        tree = tree[step]
    step = path[-1]
    which = odd.randrange(6)
    if which == 0:
        del tree[step]
    elif which == 1:
        tree[step] = odd.tree()
    elif which == 2 and isinstance(tree, dict):
        tree[odd.key()] = tree[step]
    elif which == 3:
        tree[step] = [tree[step]]
    else:
        tree[step] = odd.scalar()


def break_text(odd: Odd, text: str) -> bytes:
    """Return YAML text as bytes: unchanged, or with changed lines, bytes or encoding."""
    if odd.chance(60):
        return text.encode("utf-8", "surrogatepass")
    return odd.one(_BREAKS)(odd, text)


def _lines(odd: Odd, text: str) -> bytes:
    lines = text.splitlines()
    for _ in range(odd.randint(1, 3)):
        at = odd.randrange(len(lines) + 1)
        _LINE_BREAKS[odd.randrange(len(_LINE_BREAKS))](odd, lines, at)
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def _insert(odd: Odd, lines: list[str], at: int) -> None:
    tails = [
        "\t",
        "---",
        "...",
        "%YAML 1.1",
        "# helm-llm: ignore",
        "<<: *x",
        "&x",
        "? ",
        "- -",
        "key: |",
        "  bad",
        "\ufeff",
        "a: b: c",
    ]
    lines.insert(at, odd.one(tails))


def _duplicate(odd: Odd, lines: list[str], at: int) -> None:
    lines[at:at] = lines[max(0, at - odd.randint(1, 3)) : at]


def _delete(odd: Odd, lines: list[str], at: int) -> None:
    del lines[at : at + odd.randint(1, 2)]


def _reindent(odd: Odd, lines: list[str], at: int) -> None:
    lines[at : at + 1] = [
        " " * odd.randrange(5) + line.lstrip() for line in lines[at : at + 1]
    ]


def _replace(odd: Odd, lines: list[str], at: int) -> None:
    lines[at : at + 1] = [
        line.partition(":")[0] + ": " + odd.one(RAW_SCALARS)
        for line in lines[at : at + 1]
    ]


_LINE_BREAKS: tuple[Callable[[Odd, list[str], int], None], ...] = (
    _insert,
    _duplicate,
    _delete,
    _reindent,
    _replace,
    _replace,
)


def _bytes(odd: Odd, text: str) -> bytes:
    content = bytearray(text.encode("utf-8", "surrogatepass") or b"x")
    for _ in range(odd.randint(1, 4)):
        content[odd.randrange(len(content))] = odd.randrange(256)
    return bytes(content)


def _encoded(odd: Odd, text: str) -> bytes:
    encoding = odd.one(
        ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp1252", "utf-7"]
    )
    return text.encode(encoding, "replace")


def _cut(odd: Odd, text: str) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    return content[: odd.randint(0, len(content))]


def _other_ends(odd: Odd, text: str) -> bytes:
    return text.replace("\n", odd.one(["\r\n", "\r", "\x85", "\u2028", "\n\n"])).encode(
        "utf-8", "surrogatepass"
    )


def _deep(odd: Odd, text: str) -> bytes:
    deep = odd.one(
        [
            "[" * 2000,
            "{a: " * 2000,
            "- " * 2000,
            "&a [" * 500,
            "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(300)),
        ]
    )
    return (text + "\nzz: " + deep + "\n").encode("utf-8", "surrogatepass")


def _many(odd: Odd, text: str) -> bytes:
    bulk = odd.one(
        ["k{}: 1\n", "k{}: yes\n", "k{}: {{a: b}}\n", "# helm-llm: ignore[x{}] y\n"]
    )
    return (
        text
        + "\n"
        + "".join(bulk.format(number) for number in range(odd.randint(50, 1500)))
    ).encode("utf-8", "surrogatepass")


def _garbage(odd: Odd, text: str) -> bytes:
    return odd.one(
        [
            odd.garbage(),
            text.encode("utf-8", "surrogatepass") + odd.garbage(),
            b"\0" * 100,
        ]
    )


def _bomb(_: Odd, text: str) -> bytes:
    levels = "".join(
        f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    return (text + "\nl0: &l0 [x]\n" + levels).encode("utf-8", "surrogatepass")


_BREAKS: tuple[Callable[[Odd, str], bytes], ...] = (
    _lines,
    _lines,
    _lines,
    _bytes,
    _encoded,
    _cut,
    _other_ends,
    _deep,
    _many,
    _garbage,
    _bomb,
)
