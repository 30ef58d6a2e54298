"""From the options that a release's own parser has to the entries of its flag table."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from vllm_record import SAMPLES, Option, Record

ANYTHING = frozenset(SAMPLES) - {"{bad"}
"""The sample words that a type accepts which accepts every text."""
NOTHING = frozenset(("", "None"))
"""The sample words with which a nullable option becomes None."""
OBJECTS = frozenset(("{}", '{"a": 1}'))
TYPES: Mapping[frozenset[str], str] = {
    frozenset(("1", "-1")): "int",
    frozenset(("1", "-1", "1.5")): "float",
    frozenset(("1", "-1", "1k", "1K")): "human-int",
    frozenset(("1", "-1", "1k", "1K", "auto")): "human-int-or-auto",
    frozenset(("1", "-1", "1.5", "{}", "[]", '{"a": 1}', "null")): "json",
    frozenset(("{}",)): "json-object",
    OBJECTS: "json-object",
    frozenset(): "json-object",
}
"""The types by the sample words they accept, NOTHING left out."""

CHOICES_IN_HELP = frozenset(
    ("--tokenizer-mode", "--kv-cache-dtype", "--distributed-executor-backend")
)
"""Flags whose parser accepts every text while their help names the accepted values."""

Entry = dict[str, object]


def table_entries(record: Record) -> list[Entry]:
    """Return the entry of each option, sorted by flags."""
    options = sorted(record["options"], key=lambda option: option["flags"])
    return [table_entry(option, record) for option in options]


def accepts_list(record: Record, *argv: str) -> bool:
    """Whether the parser accepted this argument list."""
    accepted = [each["argv"] for each in record["verdicts"] if "set" in each]
    return list(argv) in accepted


def table_entry(option: Option, record: Record) -> Entry:
    kind = option_kind(option)
    # Until 0.9 an object can also be written as `image=2`.
    has_pairs = accepts_list(record, "M", "--limit-mm-per-prompt", "image=2")
    value_type, nullable = option_type(option, has_pairs)
    entry: Entry = {"flags": option["flags"], "kind": kind}
    if kind == "bool":
        entry["negative"] = negative_flags(option)
    elif kind != "true" and value_type != "str":
        entry["type"] = value_type
    if nullable:
        entry["nullable"] = True
    if option["choices"]:
        entry["choices"] = option["choices"]
    elif late := engine_choices(option, record):
        entry["engineChoices"] = late
    return entry


def option_kind(option: Option) -> str:
    """Return how many values the option takes, in the words of helm_llm/engines/flag.py."""
    if option["nargs"] == 0:
        return "true" if "StoreTrue" in option["action"] else "bool"
    if "Append" in option["action"]:
        return "append"
    if option["nargs"] in ("+", "*"):
        return "list"
    return "optional" if option["nargs"] == "?" else "value"


def option_type(option: Option, has_pairs: bool) -> tuple[str, bool]:
    """Return the type of a value, and whether the option is nullable."""
    accepts = frozenset(option["accepts"])
    words = accepts - NOTHING
    nullable = accepts >= NOTHING
    if option["action"] == "LoRAParserAction":
        return "lora-module", False
    if accepts >= ANYTHING:
        is_union = option["type"] == "union_dict_and_str"
        text = "json-or-str" if is_union else "str"
        return text, option["type"] == "_optional_type"
    if "-O" in option["flags"]:
        # A level, or the whole configuration as an object.
        return "json", False
    if has_pairs and words == OBJECTS and is_parsed(option):
        return "json-or-pairs", nullable
    if words not in TYPES and not option["choices"]:
        print(f"no type for {option['flags']}: {sorted(accepts)}", file=sys.stderr)
    return TYPES.get(words, "str"), nullable


def is_parsed(option: Option) -> bool:
    return option["type"] in ("_parse_type", "_optional_type")


def negative_flags(option: Option) -> list[str]:
    """Return the spellings that switch an option off."""
    if option["negative"]:
        return option["negative"]
    flags = option["flags"]
    return [
        flag for flag in flags if flag.startswith("--no-") and f"--{flag[5:]}" in flags
    ]


def engine_choices(option: Option, record: Record) -> list[str]:
    """Return the values that the engine accepts where its parser accepts more."""
    choices: set[str] = set()
    for flag in option["flags"]:
        choices.update(record["engine"].get(flag, ()))
    if CHOICES_IN_HELP & set(option["flags"]) and isinstance(option["metavar"], list):
        choices.update(option["metavar"])
    return sorted(choices)
