"""Write the flag tables of a vLLM release: `make engine-tables RELEASE=0.34.0`.

    python ci/engines/write_tables.py RELEASE

README.md lists what this downloads, which files it writes and what remains to do by hand.
No file changes before everything is known.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterable

import cases
from read_answers import read_answers
from read_variables import read_variables
from record import record_release, record_starts, sources
from release_ranges import (
    Ranges,
    is_open,
    release_number,
    releases_of,
    with_release,
    without_release,
)
from table_entries import Entry, accepts_list, table_entries
from table_files import (
    DATA,
    ENGINES,
    FLAGS,
    REPLACEMENTS,
    ROOT,
    VARIABLES,
    Texts,
    compact_json,
    ranges_text,
    read_entries,
    read_ranges,
    table_releases,
    table_text,
    write_texts,
)
from vllm_record import Record


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+", arguments[0]):
        sys.exit("name one release: make engine-tables RELEASE=0.34.0")
    release = arguments[0]
    flags, variables = read_ranges(FLAGS), read_ranges(VARIABLES)
    check_newest(release, [*releases_of(flags), *releases_of(variables)])
    # Repeating the newest release must replace it.
    flags = without_release(flags, release)
    variables = without_release(variables, release)
    record = record_release(release)
    names = [flag for option in record["options"] for flag in option["flags"]]
    new_variables = with_release(variables, release, read_variables(sources(release)))
    texts: Texts = {
        FLAGS: ranges_text(with_release(flags, release, names)),
        VARIABLES: ranges_text(new_variables),
        **table_texts(record),
    }
    changed = write_texts(texts)
    for path in changed:
        verb = "removed" if texts[path] is None else "wrote"
        print(f"{verb} {path.relative_to(ROOT)}")
    if not changed:
        print(f"the tables of vLLM {release} are up to date")
    print_removed_flags(release, flags, names)


def check_newest(release: str, known: Iterable[str]) -> None:
    """Refuse a release in the middle: ranges can only be continued at their end."""
    newest = max([*known, *table_releases()], key=release_number, default=release)
    if release_number(release) < release_number(newest):
        sys.exit(
            f"vLLM {release} cannot be added: the tables already contain {newest}, "
            "and releases are added in order"
        )


def table_texts(record: Record) -> Texts:
    """Return the table and the test data; {} if the table of an earlier patch release fits."""
    release = record["release"]
    entries = table_entries(record)
    if entries == entries_before(release):
        print(f"vLLM {release} needs no table: its options are those of the last one")
        return {}
    about = {
        "version": release,
        "platform": "cpu",
        "positional": "model_tag",
        "movesModel": accepts_list(record, "--model", "X"),
    }
    verdicts = [
        compact_json(verdict) + "\n"
        for verdict in record["verdicts"]
        if cases.is_kept(verdict["argv"])
    ]
    return {
        ENGINES / f"vllm-{release}.json": table_text(about, entries),
        DATA / f"vllm-parser-{release}.jsonl": "".join(verdicts),
        **newest_release_texts(release),
    }


def entries_before(release: str) -> list[Entry]:
    """Return the table of the release before, within the same series; [] if there is none."""
    series, _, _ = release.rpartition(".")
    older = [
        name
        for name in table_releases()
        if name.startswith(f"{series}.") and name != release
    ]
    return read_entries(older[-1]) if older else []


def newest_release_texts(release: str) -> Texts:
    """Return the test data that exists for the newest release only."""
    answers = read_answers(release, sources(release))
    texts: Texts = {
        DATA / "vllm-answers.json": json.dumps(answers, indent=1, sort_keys=True) + "\n"
    }
    for earlier in DATA.glob("vllm-starts-*.jsonl"):
        texts[earlier] = None
        starts = record_starts(release, earlier.read_text("utf-8"))
        texts[DATA / f"vllm-starts-{release}.jsonl"] = starts
    return texts


def print_removed_flags(release: str, flags: Ranges, names: Collection[str]) -> None:
    """Name the flags whose replacement is not written down yet."""
    replacements = json.loads(REPLACEMENTS.read_bytes())
    for flag, spans in flags.items():
        is_removed = is_open(spans) and flag not in names
        if is_removed and flag not in replacements:
            print(
                f"{release} removes {flag}: add its replacement to {REPLACEMENTS.name}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
