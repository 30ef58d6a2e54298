"""Extract keys, defaults and examples from the documents of the original charts.

    python ci/seeds/extract.py DOCUMENTS [OUTPUT]      (OUTPUT is tests/seeds unless given)

DOCUMENTS is a directory of five texts, whose names begin with a number: 000_*.txt is the README
of NVIDIA's nim-llm chart, 001 of the aiDAPTIVCache inference chart, 002 of the vllm-kserve
chart, 004 of a vLLM chart; 003 is the page of Flyte's NIM plugin. Only facts are extracted:
keys, types, defaults, values.

OUTPUT/keys.yaml   chart -> key as for `--set` -> type in the terms of JSON schema, and default if known
OUTPUT/examples/   for each chart, a .yaml per values block and a .set, a list of `--set` arguments, per command

The same documents always give the same files.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import yaml
from readme import bullets, fenced_blocks, section, set_arguments, table_rows

Facts: TypeAlias = dict[str, object]
"""`type` and `default` of a key, as far as they are known."""

TYPES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}
CONSTRUCTORS = {
    "NIMSecrets": "`NIMSecrets` class defines the following parameters:",
    "NIM": "`NIM` class, you configure the following parameters:",
}


def type_fact(value: object) -> Facts:
    return {} if value is None else {"type": TYPES[type(value)]}


def default_facts(value: object) -> Facts:
    return type_fact(value) | {"default": value}


def leaves(tree: Facts, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield path and value of each leaf; empty maps are leaves."""
    for name, value in tree.items():
        path = prefix + name.replace(".", r"\.")
        if isinstance(value, dict) and value:
            yield from leaves(value, path + ".")
        else:
            yield path, value


def from_parameter_tables(text: str) -> Iterator[tuple[str, Facts]]:
    """Yield the keys of tables with the default in the last column.

    `probe.*` means a map. What follows `limits.` is one name, with its dots.
    """
    for name, default in table_rows(text):
        head, limits, resource = name.partition(".limits.")
        path = head + limits + resource.replace(".", r"\.")
        if name.endswith(".*"):
            yield name.removesuffix(".*"), {"type": "object"}
        elif default is None:
            yield path, {}
        else:
            yield path, default_facts(yaml.safe_load(default))


def from_documented_blocks(text: str) -> Iterator[tuple[str, Facts]]:
    """Yield the keys of values blocks that explain the configuration.

    Values in comments and scripts are examples, not defaults.
    """
    chapter = section(text, "Configuration")
    for _, block in filter(is_values, fenced_blocks(chapter)):
        defaults = dict(leaves(yaml.safe_load(block)))
        uncommented = re.sub(r"# (\w+: \d+)$", r"\1", block, flags=re.MULTILINE)
        for path, value in leaves(yaml.safe_load(uncommented)):
            if path in defaults and "\n" not in str(value):
                yield path, default_facts(value)
            else:
                yield path, type_fact(value)
    optional = "**Optional Parameters** (commented by default):"
    for name, _ in bullets(chapter, after=optional):
        yield f"vllm.args.{name}", {}


def from_commands(text: str) -> Iterator[tuple[str, Facts]]:
    """Yield the keys of commands and of the values block. They show types, not defaults."""
    for language, block in fenced_blocks(text):
        if is_values((language, block)):
            for path, value in leaves(yaml.safe_load(block)):
                yield path, type_fact(value)
        for argument in chain.from_iterable(set_arguments(block)):
            path, _, text_value = argument.partition("=")
            path, index, _ = path.partition("[")
            if index or text_value.startswith("{"):
                yield path, {"type": "array"}
            else:
                yield path, type_fact(yaml.safe_load(text_value))


def from_constructors(text: str) -> Iterator[tuple[str, Facts]]:
    """Yield the parameters of Flyte's classes."""
    for owner, introduction in CONSTRUCTORS.items():
        for name, description in bullets(text, after=introduction):
            default = re.search(r"default is `(.*?)`", description)
            facts = default_facts(yaml.safe_load(default[1])) if default else {}
            yield f"{owner}.{name}", facts


DOCUMENTS: dict[str, tuple[str, Callable[[str], Iterator[tuple[str, Facts]]]]] = {
    "000": ("nim-llm", from_parameter_tables),
    "001": ("aidaptivcache", from_documented_blocks),
    "002": ("kserve-vllm", from_commands),
    "003": ("flyte", from_constructors),
    "004": ("vllm", from_parameter_tables),
}
WITH_EXAMPLES = ("nim-llm", "vllm", "kserve-vllm", "aidaptivcache")


def merge_keys(keys: Iterable[tuple[str, Facts]]) -> dict[str, Facts]:
    """Return the facts of each key. The first mention of a fact wins."""
    merged: dict[str, Facts] = {}
    for path, facts in keys:
        merged[path] = facts | merged.get(path, {})
    for path, facts in merged.items():
        has_keys = any(other.startswith(f"{path}.") for other in merged)
        if has_keys and not facts:
            facts["type"] = "object"
    return merged


def is_values(block: tuple[str, str]) -> bool:
    """Whether a block holds values. Manifests do not, and one values block has no language."""
    language, body = block
    if "apiVersion:" in body:
        return False
    return language == "yaml" or body.startswith("endpoint:")


def examples(text: str) -> Iterator[tuple[str, str]]:
    """Yield file name and content of each distinct values block and command line."""
    seen: list[Facts | list[str]] = []
    for block in fenced_blocks(text):
        found: Sequence[Facts | list[str]]
        if is_values(block):
            suffix, found = "yaml", [yaml.safe_load(block[1])]
        else:
            suffix, found = "set", list(filter(None, set_arguments(block[1])))
        for example in found:
            if example not in seen:
                seen.append(example)
                name = f"{len(seen):02}-{subject(example)}.{suffix}"
                yield name, yaml.safe_dump(example, sort_keys=False, width=1000)


def subject(example: Facts | list[str]) -> str:
    """Return the top-level keys that an example sets."""
    keys = [re.split(r"[.=\[]", key)[0] for key in example]
    return "-".join(dict.fromkeys(keys))


def main(documents: Path, output: Path) -> None:
    lines = []
    for number, (chart, read_keys) in DOCUMENTS.items():
        (document,) = documents.glob(f"{number}_*.txt")
        text = document.read_text(encoding="utf-8")
        lines.append(f"{chart}:")
        for path, facts in merge_keys(read_keys(text)).items():
            lines.append(f"  {path}: {json.dumps(facts)}")
        if chart in WITH_EXAMPLES:
            write_examples(output / "examples" / chart, text)
    (output / "keys.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_examples(directory: Path, text: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in examples(text):
        (directory / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    output = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("tests/seeds")
    main(Path(sys.argv[1]), output)
