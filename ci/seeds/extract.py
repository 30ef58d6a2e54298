"""Turn the documents that users of the original charts rely on into test data.

    python ci/seeds/extract.py DOCUMENTS [OUTPUT]      (OUTPUT is tests/seeds unless given)

DOCUMENTS holds five texts, each named by a number and anything after it: 000_*.txt, the README of NVIDIA's nim-llm
chart; 001, of the aiDAPTIVCache inference chart; 002, of the vllm-kserve chart; 003, the page of Flyte's NIM plugin;
004, the README of a vLLM chart. Only facts are taken: keys, types, defaults, values.

OUTPUT/keys.yaml   chart -> key, written as for `--set` -> its type in the words of JSON schema, its default where known
OUTPUT/examples/   per chart a .yaml for each values block and a .set, a list of `--set` arguments, for each command

The same documents always give the same files: no dates, no machine paths, everything in the order of the documents.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from readme import bullets, fenced, rows, section, set_arguments

Facts = dict[str, Any]

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


def typed(value: object) -> Facts:
    return {} if value is None else {"type": TYPES[type(value)]}


def with_default(value: object) -> Facts:
    return typed(value) | {"default": value}


def leaves(tree: Facts, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        path = prefix + name.replace(".", r"\.")
        if isinstance(value, dict) and value:
            yield from leaves(value, path + ".")
        else:
            yield path, value


def parameter_tables(text: str) -> Iterator[tuple[str, Facts]]:
    """Key in the first cell, default in the last; `probe.*` stands for a map, what follows `limits.` is one name."""
    for name, default in rows(text):
        head, limits, resource = name.partition(".limits.")
        facts = {} if default is None else with_default(yaml.safe_load(default))
        if name.endswith(".*"):
            yield name.removesuffix(".*"), {"type": "object"}
        else:
            yield head + limits + resource.replace(".", r"\."), facts


def documented_blocks(text: str) -> Iterator[tuple[str, Facts]]:
    """Values blocks that explain the configuration; what is commented out, or a script, is no default."""
    chapter = section(text, "Configuration")
    for _, block in filter(is_values, fenced(chapter)):
        defaults = dict(leaves(yaml.safe_load(block)))
        for path, value in leaves(
            yaml.safe_load(re.sub(r"# (\w+: \d+)$", r"\1", block, flags=re.MULTILINE))
        ):
            is_default = path in defaults and "\n" not in str(value)
            yield path, with_default(value) if is_default else typed(value)
    for name, _ in bullets(
        chapter, after="**Optional Parameters** (commented by default):"
    ):
        yield f"vllm.args.{name}", {}


def shown_settings(text: str) -> Iterator[tuple[str, Facts]]:
    """Keys known from commands and one block only: their types show, their defaults do not."""
    for language, block in fenced(text):
        if is_values((language, block)):
            yield from (
                (path, typed(value)) for path, value in leaves(yaml.safe_load(block))
            )
        for argument in chain.from_iterable(set_arguments(block)):
            path, _, value = argument.partition("=")
            path, index, _ = path.partition("[")
            yield (
                path,
                {"type": "array"}
                if index or value.startswith("{")
                else typed(yaml.safe_load(value)),
            )


def constructor_parameters(text: str) -> Iterator[tuple[str, Facts]]:
    for owner, introduction in CONSTRUCTORS.items():
        for name, description in bullets(text, after=introduction):
            default = re.search(r"default is `(.*?)`", description)
            yield (
                f"{owner}.{name}",
                with_default(yaml.safe_load(default[1])) if default else {},
            )


DOCUMENTS: dict[str, tuple[str, Callable[[str], Iterator[tuple[str, Facts]]]]] = {
    "000": ("nim-llm", parameter_tables),
    "001": ("aidaptivcache", documented_blocks),
    "002": ("kserve-vllm", shown_settings),
    "003": ("flyte", constructor_parameters),
    "004": ("vllm", parameter_tables),
}
WITH_EXAMPLES = ("nim-llm", "vllm", "kserve-vllm", "aidaptivcache")


def merged(keys: Iterable[tuple[str, Facts]]) -> dict[str, Facts]:
    """The first mention of a key decides, a later one adds; a key with keys below it is a map."""
    result: dict[str, Facts] = {}
    for path, facts in keys:
        result[path] = facts | result.get(path, {})
    for path, facts in result.items():
        if not facts and any(other.startswith(f"{path}.") for other in result):
            facts["type"] = "object"
    return result


def is_values(block: tuple[str, str]) -> bool:
    """Manifests are no values, and one block of values does not say what it is."""
    language, body = block
    return "apiVersion:" not in body and (
        language == "yaml" or body.startswith("endpoint:")
    )


def examples(text: str) -> Iterator[tuple[str, str]]:
    """(file name, content) of each values block and command line, each once."""
    seen: list[Any] = []
    for block in fenced(text):
        values = (
            [yaml.safe_load(block[1])]
            if is_values(block)
            else list(filter(None, set_arguments(block[1])))
        )
        for value in values:
            if value not in seen:
                seen.append(value)
                name = f"{len(seen):02}-{subject(value)}.{'yaml' if is_values(block) else 'set'}"
                yield name, yaml.safe_dump(value, sort_keys=False, width=1000)


def subject(value: Facts | list[str]) -> str:
    """The top-level keys that an example sets."""
    return "-".join(dict.fromkeys(re.split(r"[.=\[]", key)[0] for key in value))


def main(documents: Path, output: Path) -> None:
    lines = []
    for number, (chart, read) in DOCUMENTS.items():
        (document,) = documents.glob(f"{number}_*.txt")
        text = document.read_text(encoding="utf-8")
        lines += [f"{chart}:"] + [
            f"  {path}: {json.dumps(facts)}"
            for path, facts in merged(read(text)).items()
        ]
        for name, content in examples(text) if chart in WITH_EXAMPLES else ():
            target = output / "examples" / chart / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
    (output / "keys.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]) if len(sys.argv) > 2 else Path("tests/seeds"),
    )
