"""Write the files of helm_llm/engines/ from what the parsers of real vLLM releases said (`record.py`).

    python write_tables.py RECORDS      RECORDS: the directory of <release>.json and variables/<release>.json

Writes a table per release whose options differ from the release before, the releases of each flag and variable, and
the parser's verdicts for tests/engines/.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import cases

ROOT = Path(__file__).parents[2]
ENGINES, DATA = ROOT / "helm_llm" / "engines", ROOT / "tests" / "data"

ANY = frozenset(
    (
        "",
        "None",
        "1",
        "-1",
        "1.5",
        "1k",
        "1K",
        "1.5K",
        "auto",
        "abc",
        "{}",
        "[]",
        '{"a": 1}',
        "null",
    )
)
TYPES: Mapping[frozenset[str], str] = {
    frozenset(("1", "-1")): "int",
    frozenset(("1", "-1", "1.5")): "float",
    frozenset(("1", "-1", "1k", "1K")): "human-int",
    frozenset(("1", "-1", "1k", "1K", "auto")): "human-int-or-auto",
    frozenset(("1", "-1", "1.5", "{}", "[]", '{"a": 1}', "null")): "json",
    frozenset(("{}",)): "json-object",
    frozenset(("{}", '{"a": 1}')): "json-object",
    frozenset(): "json-object",
}
"""By the sample words a type accepts, the empty word and `None` apart."""

_OBJECTS = frozenset(("{}", '{"a": 1}'))

ENGINE_CHOICES = (
    "--tokenizer-mode",
    "--kv-cache-dtype",
    "--distributed-executor-backend",
)
"""Flags whose help names what the engine takes, while the parser takes anything."""

Record = Mapping[str, Any]


def number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def takes(record: Record, *argv: str) -> bool:
    return any(
        verdict["argv"] == list(argv) and "set" in verdict
        for verdict in record["verdicts"]
    )


def type_of(option: Record, pairs: bool) -> tuple[str, bool]:
    """The type, and whether it also takes nothing."""
    accepts = frozenset(option["accepts"])
    if option["action"] == "LoRAParserAction":
        return "lora-module", False
    if accepts >= ANY:
        return (
            "json-or-str" if option["type"] == "union_dict_and_str" else "str"
        ), option["type"] == "_optional_type"
    if "-O" in option["flags"]:
        return "json", False  # A level, or the whole configuration as an object.
    nothing = frozenset(("", "None"))
    if (
        pairs
        and accepts - nothing == _OBJECTS
        and option["type"] in ("_parse_type", "_optional_type")
    ):
        return "json-or-pairs", nothing <= accepts
    kind = TYPES.get(accepts - nothing)
    if kind is None and not option["choices"]:
        print(
            f"no name for the type of {option['flags']}: {sorted(accepts)}",
            file=sys.stderr,
        )
    return kind or "str", nothing <= accepts


def kind_of(option: Record) -> str:
    if option["nargs"] == 0:
        return "true" if "StoreTrue" in option["action"] else "bool"
    if "Append" in option["action"]:
        return "append"
    return {"+": "list", "*": "list", "?": "optional"}.get(option["nargs"], "value")


def negative(option: Record) -> list[str]:
    named = [
        flag
        for flag in option["flags"]
        if kind_of(option) == "bool" and flag.startswith("--no-")
    ]
    return option["negative"] or [
        flag for flag in named if f"--{flag[5:]}" in option["flags"]
    ]


def entry(option: Record, record: Record) -> dict[str, Any]:
    engine: Mapping[str, list[str]] = record["engine"]
    # Until 0.9 `image=2` is a way to write an object.
    pairs = takes(record, "M", "--limit-mm-per-prompt", "image=2")
    kind, (word_type, nullable) = kind_of(option), type_of(option, pairs)
    found: dict[str, Any] = {"flags": option["flags"], "kind": kind}
    if kind == "bool":
        found["negative"] = negative(option)
    if kind not in ("bool", "true") and word_type != "str":
        found["type"] = word_type
    if nullable:
        found["nullable"] = True
    if option["choices"]:
        found["choices"] = option["choices"]
    late = [name for flag in option["flags"] for name in engine.get(flag, ())]
    late += (
        option["metavar"] or [] if set(ENGINE_CHOICES) & set(option["flags"]) else []
    )
    if late and not option["choices"]:
        found["engineChoices"] = sorted(set(late))
    return found


def table(record: Record) -> list[dict[str, Any]]:
    entries = [entry(option, record) for option in record["options"]]
    return sorted(entries, key=lambda option: option["flags"])


def ranges(present: Sequence[bool], releases: Sequence[str]) -> list[list[str]]:
    """[first release with it, first release without it], the second absent while it is there."""
    found, position = [], 0
    for there, run in groupby(present):
        end = position + len(list(run))
        if there:
            found.append([releases[position], *releases[end : end + 1]])
        position = end
    return found


def over_time(names: Mapping[str, Iterable[str]]) -> dict[str, list[list[str]]]:
    """For each name the ranges of releases that have it."""
    releases = sorted(names, key=number)
    sets = [set(names[release]) for release in releases]
    return {
        name: ranges([name in held for held in sets], releases)
        for name in sorted(set().union(*sets))
    }


def lines(entries: Iterable[Any], start: str, end: str) -> str:
    """JSON with one entry per line."""
    return (
        start
        + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
        + end
    )


def mapping(entries: Mapping[str, Any]) -> str:
    body = ",\n".join(
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}"
        for key, value in entries.items()
    )
    return "{\n" + body + "\n}\n"


def changed(records: Sequence[Record]) -> Iterator[tuple[Record, list[dict[str, Any]]]]:
    """The releases whose options are not those of the release before; a table covers the rest of its minor series."""
    before: tuple[Any, Any] = (None, None)
    for record in records:
        current = (number(record["release"])[:2], table(record))
        if current != before:
            yield record, current[1]
        before = current


def write_table(record: Record, options: list[dict[str, Any]]) -> None:
    about = {
        "version": record["release"],
        "platform": "cpu",
        "positional": "model_tag",
        "movesModel": takes(record, "--model", "X"),
    }
    head = json.dumps(about, separators=(",", ":"))[:-1] + ',"options":[\n'
    (ENGINES / f"vllm-{record['release']}.json").write_text(
        lines(options, head, "\n]}\n"), "utf-8"
    )
    kept = [verdict for verdict in record["verdicts"] if cases.is_kept(verdict["argv"])]
    (DATA / f"vllm-parser-{record['release']}.jsonl").write_text(
        "".join(json.dumps(verdict, separators=(",", ":")) + "\n" for verdict in kept),
        "utf-8",
    )


def main() -> None:
    directory = Path(sys.argv[1])
    records = [json.loads(path.read_bytes()) for path in directory.glob("*.json")]
    records.sort(key=lambda record: number(record["release"]))
    for old in (*ENGINES.glob("vllm-[0-9]*.json"), *DATA.glob("vllm-parser-*.jsonl")):
        old.unlink()
    for record, options in changed(records):
        write_table(record, options)
    flags = {
        record["release"]: [
            flag for option in record["options"] for flag in option["flags"]
        ]
        for record in records
    }
    (ENGINES / "vllm-flags.json").write_text(mapping(over_time(flags)), "utf-8")
    variables = {
        path.stem: json.loads(path.read_bytes())
        for path in Path(directory, "variables").glob("*.json")
    }
    (ENGINES / "vllm-variables.json").write_text(mapping(over_time(variables)), "utf-8")


if __name__ == "__main__":
    main()
