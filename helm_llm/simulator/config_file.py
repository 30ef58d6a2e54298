"""`--config FILE`: keys with scalars and lists of scalars, the YAML that such files use."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TypeAlias

from helm_llm.simulator.failure import BadSetting, StartFailed

Value: TypeAlias = "bool | str | list[str]"

_PAIR = re.compile(r"([\w.-]+)\s*:(?:\s+(.*))?")
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'([^']*)')(?:\s+#.*)?""")
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_OTHER_YAML = ("{", "|", ">", "&", "*", "!")
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


def read_arguments(file: str, options: Container[str]) -> list[str]:
    """The file as command line arguments; `options` are the flags of the engine."""
    if not file.endswith((".yaml", ".yml")):
        _, _, extension = file.rpartition(".")
        raise StartFailed(
            f"ValueError: Config file must be of a yaml/yml type. {extension} supplied"
        )
    try:
        text = Path(file).read_text("utf-8")
    except OSError as error:
        raise StartFailed(
            f"FileNotFoundError: [Errno {error.errno}] {error.strerror}: '{file}'"
        ) from None
    words: list[str] = []
    for key, value in _parse_pairs(file, text).items():
        words += _arguments(key, value, options)
    return words


def _parse_pairs(file: str, text: str) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    last_key = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = _COMMENT.sub("", line).strip()
        if stripped in ("", "---"):
            continue
        items = pairs.get(last_key)
        if stripped.startswith("- ") and isinstance(items, list):
            items.append(_unquote(line.strip()[2:]))
            continue
        pair = _PAIR.fullmatch(line.rstrip())
        source = ""
        if pair:
            source = pair[2] or ""
        if pair is None or source.startswith(_OTHER_YAML):
            raise BadSetting(
                f"{file}:{number}: the simulator only reads flat keys and lists, "
                f"not {stripped!r}"
            )
        last_key = pair[1]
        pairs[last_key] = _parse_value(source)
    return pairs


def _parse_value(source: str) -> Value:
    text = _unquote(source)
    is_quoted = _QUOTED.fullmatch(source.strip()) is not None
    if not text and not is_quoted:
        return []  # items may follow
    if text.startswith("[") and text.endswith("]"):
        return [_unquote(item) for item in text[1:-1].split(",") if item.strip()]
    if is_quoted:
        return text
    return _BOOLEANS.get(text.lower(), text)


def _unquote(source: str) -> str:
    quoted = _QUOTED.fullmatch(source.strip())
    if quoted:
        return quoted[1] or quoted[2] or ""
    return _COMMENT.sub("", source).strip()


def _arguments(key: str, value: Value, options: Container[str]) -> Iterator[str]:
    if value is True:
        yield f"--{key}"
    elif value is False:
        # Without a negation the option is just left out.
        if f"--no-{key}" in options:
            yield f"--no-{key}"
    elif isinstance(value, str):
        yield f"--{key}"
        yield value
    elif value:
        yield f"--{key}"
        yield from value
