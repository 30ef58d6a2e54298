"""The files that hold the flag tables: their places, how they are read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from release_ranges import Ranges, release_number
from table_entries import Entry

ROOT = Path(__file__).parents[2]
ENGINES, DATA = ROOT / "helm_llm" / "engines", ROOT / "tests" / "data"
FLAGS, VARIABLES = ENGINES / "vllm-flags.json", ENGINES / "vllm-variables.json"
REPLACEMENTS = ENGINES / "vllm-history.json"

Texts = dict[Path, str | None]
"""What each file will contain; None removes it."""


def table_releases() -> list[str]:
    """Return the releases that have a table, oldest first."""
    paths = ENGINES.glob("vllm-[0-9]*.json")
    releases = [path.stem.removeprefix("vllm-") for path in paths]
    return sorted(releases, key=release_number)


def read_entries(release: str) -> list[Entry]:
    path = ENGINES / f"vllm-{release}.json"
    entries: list[Entry] = json.loads(path.read_bytes())["options"]
    return entries


def read_ranges(path: Path) -> Ranges:
    """Return the ranges in a file; {} without a file, which starts a new set of tables."""
    if not path.exists():
        return {}
    ranges: Ranges = json.loads(path.read_bytes())
    return ranges


def table_text(about: Mapping[str, object], entries: list[Entry]) -> str:
    """Return a flag table with one option per line."""
    head = compact_json(about).removesuffix("}") + ',"options":[\n'
    return head + ",\n".join(map(compact_json, entries)) + "\n]}\n"


def ranges_text(ranges: Ranges) -> str:
    """Return the ranges with one name per line."""
    lines = [f"{json.dumps(name)}:{compact_json(ranges[name])}" for name in ranges]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def write_texts(texts: Texts) -> list[Path]:
    """Write all drafts before the first file changes; return the changed files."""
    changed = []
    for path, text in texts.items():
        if text is not None:
            draft_of(path).write_text(text, "utf-8")
        if text is None or not path.exists() or path.read_text("utf-8") != text:
            changed.append(path)
    for path, text in texts.items():
        if text is None:
            path.unlink()
        else:
            draft_of(path).replace(path)
    return changed


def draft_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")
