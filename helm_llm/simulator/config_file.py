"""`--config FILE`: the part of YAML that such files use, keys with scalars and with lists of scalars."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

from helm_llm.simulator.failure import BadSetting, StartFailed

Value = bool | str | list[str]

_PAIR = re.compile(r"([\w.-]+)\s*:(?:\s+(.*))?")
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'([^']*)')(?:\s+#.*)?""")
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


def words(file: str, options: Container[str]) -> list[str]:
    """The file as command line words; `options` are the spellings that the engine knows."""
    if not file.endswith((".yaml", ".yml")):
        extension = file.rpartition(".")[2]
        raise StartFailed(
            f"ValueError: Config file must be of a yaml/yml type. {extension} supplied"
        )
    try:
        text = Path(file).read_text("utf-8")
    except OSError as error:
        raise StartFailed(
            f"FileNotFoundError: [Errno {error.errno}] {error.strerror}: '{file}'"
        ) from None
    return [
        word
        for key, value in _pairs(file, text).items()
        for word in _words(key, value, options)
    ]


def _pairs(file: str, text: str) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = _COMMENT.sub("", line).strip()
        items, pair = pairs.get(last), _PAIR.fullmatch(line.rstrip())
        if stripped in ("", "---"):
            continue
        if stripped.startswith("- ") and isinstance(items, list):
            items.append(_text(line.strip()[2:]))
        elif pair and not (pair[2] or "").startswith(("{", "|", ">", "&", "*", "!")):
            last = pair[1]
            pairs[last] = _value(pair[2] or "")
        else:
            raise BadSetting(
                f"{file}:{number}: the simulator reads flat keys and lists only, not {stripped!r}"
            )
    return pairs


def _value(written: str) -> Value:
    text = _text(written)
    if not text and not _QUOTED.fullmatch(written.strip()):
        return []
    if text.startswith("[") and text.endswith("]"):
        return [_text(item) for item in text[1:-1].split(",") if item.strip()]
    return (
        _BOOLEANS.get(text.lower(), text)
        if not _QUOTED.fullmatch(written.strip())
        else text
    )


def _text(written: str) -> str:
    quoted = _QUOTED.fullmatch(written.strip())
    return (
        (quoted[1] or quoted[2] or "") if quoted else _COMMENT.sub("", written).strip()
    )


def _words(key: str, value: Value, options: Container[str]) -> list[str]:
    if isinstance(value, bool):
        negation = f"--no-{key}"
        return [f"--{key}"] if value else [negation] if negation in options else []
    if isinstance(value, list):
        return [f"--{key}", *value] if value else []
    return [f"--{key}", value]
