"""Our parser against what the parsers of real vLLM releases said of the same argument lists.

tests/data/vllm-parser-<release>.jsonl holds an argument list per line with what it set, or the text of the refusal.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_llm.engines.parser import Given, parse
from helm_llm.engines.release import release
from helm_llm.engines.table import load
from helm_llm.engines.value import resolved

DATA = Path(__file__).parents[1] / "data"
FILES = sorted(DATA.glob("vllm-parser-*.jsonl"))

UNSEEN = (
    "ValueError: not enough values",
    "Value -0.5 cannot be",
    "for KVTransferConfig",
    '{"kv-connector"',
    "Config file must be",
    "More than one config file",
    "IndexError: ",
    "argument --compilation-config/-O",
)
"""What the engine refuses and a table cannot tell: a file, fields inside an object. We then say nothing."""


def _verdicts(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines())


def _value(given: Given) -> Any:
    if given.option.is_switch:
        return given.on
    values = [resolved(given.option, word) for word in given.values]
    return (
        values
        if given.option.kind in ("list", "append")
        else values[0]
        if values
        else True
    )


def _set(given: tuple[Given, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in given:
        name, value = one.option.name.lstrip("-").replace("-", "_"), _value(one)
        found[name] = (
            [*found.get(name, ()), *value] if one.option.kind == "append" else value
        )
    return found


def _scalar(value: Any) -> bool:
    """Neither an object nor, by its `<name>`, one of the engine's own."""
    held = value[0] if isinstance(value, list) and value else value
    return not isinstance(held, dict) and not (
        isinstance(held, str) and held.startswith("<")
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem.rpartition("-")[2])
class TestEveryRelease:
    def test_it_accepts_what_the_engine_accepts(self, file: Path) -> None:
        table = load(release(file.stem.rpartition("-")[2]) or (0, 0, 0))
        for verdict in _verdicts(file):
            refused = parse(verdict["argv"], table).refused
            if "set" in verdict or not any(text in verdict["error"] for text in UNSEEN):
                assert bool(refused) == ("error" in verdict), verdict

    def test_it_reads_the_values_the_engine_reads(self, file: Path) -> None:
        table = load(release(file.stem.rpartition("-")[2]) or (0, 0, 0))
        for verdict in _verdicts(file):
            read = _set(parse(verdict["argv"], table).given)
            wanted = {
                key: value
                for key, value in verdict.get("set", {}).items()
                if _scalar(value)
            }
            for name in (
                "model_tag",
                "device_ids",
            ):  # The latter's own type splits at commas.
                wanted.pop(name, None)
            assert {key: read.get(key, "absent") for key in wanted} == wanted, verdict

    def test_there_are_enough_of_both_kinds(self, file: Path) -> None:
        verdicts = list(_verdicts(file))
        assert len(verdicts) >= 200
        assert sum("error" in verdict for verdict in verdicts) >= 50
        assert sum("set" in verdict for verdict in verdicts) >= 50
