"""The flags of `vllm serve` that decide how many ranks start where, as the engine's parser reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helm_llm.serving.spec.field import Field

_SHORT = {
    "-tp": "--tensor-parallel-size",
    "-pp": "--pipeline-parallel-size",
    "-pcp": "--prefill-context-parallel-size",
    "-dp": "--data-parallel-size",
    "-dpl": "--data-parallel-size-local",
    "-dpn": "--data-parallel-rank",
    "-dpe": "--data-parallel-external-lb",
    "-dpb": "--data-parallel-backend",
    "-n": "--nnodes",
}
_LONG = (
    *_SHORT.values(),
    "--distributed-executor-backend",
    "--worker-use-ray",
    "--config",
    "--download-dir",
)

# A blank makes one word of flag and value, which the engine refuses: such a value counts as unknown.
_FLAG = re.compile(r"(--?[A-Za-z][\w.-]*)(?:=(.*)|\s.*)?", re.ASCII | re.DOTALL)


def flags(words: Sequence[Field[str]]) -> dict[str, Field[str]]:
    """Flag -> its last value, the empty one where there is none."""
    found: dict[str, Field[str]] = {}
    for index, word in enumerate(words):
        match = _FLAG.fullmatch(word.value)
        flag = _full_name(match[1]) if match else None
        if match and flag:
            found[flag] = (
                Field(match[2] or "", word.path)
                if match.end(1) < len(word.value)
                else _next(words, index)
            )
    return found


def _next(words: Sequence[Field[str]], index: int) -> Field[str]:
    following = words[index + 1 : index + 2]
    return (
        following[0]
        if following and not following[0].value.startswith("-")
        else Field("", words[index].path)
    )


def _full_name(written: str) -> str | None:
    if not written.startswith("--"):
        return _SHORT.get(written)
    name = written.replace("_", "-")
    candidates = (
        [name] if name in _LONG else [flag for flag in _LONG if flag.startswith(name)]
    )
    return candidates[0] if len(candidates) == 1 else None
