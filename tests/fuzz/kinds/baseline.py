"""Baselines that are read or written, with any content."""

import json

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, change_values, to_yaml


def build(odd: Odd) -> Case:
    """Build a run that reads or writes a baseline."""
    writes = odd.chance(30)
    values = charts.scenario("vllm", odd.randrange(100))
    planted = secrets.plant(odd, values)
    flag = "--write-baseline" if writes else "--baseline"
    return Case(
        kind="baseline",
        arguments=(
            "chart",
            "--values=v.yaml",
            "--no-render",
            f"{flag}=b.json",
            *options.printing(odd),
        ),
        files={
            **charts.files_of("vllm"),
            "v.yaml": to_yaml(change_values(odd, values)).encode(
                "utf-8", "surrogatepass"
            ),
            **({} if odd.chance(10) else {"b.json": _content(odd)}),
        },
        secrets=planted,
        outputs=("b.json",) if writes else (),
    )


def _content(odd: Odd) -> bytes:
    entry = {
        "rule": "schema",
        "file": "v.yaml",
        "path": "replicaCount",
        "values": "0123456789abcdef",
    }
    tree = change_values(
        odd, {"version": 1, "findings": [dict(entry) for _ in range(odd.randrange(4))]}
    )
    plain = json.dumps(tree, default=str).encode()
    return odd.one(
        [
            plain,
            plain,
            plain[: len(plain) // 2],
            break_text(odd, json.dumps(tree)),
            odd.garbage(),
            b"[" * 100_000,
            b"",
            b"null",
        ]
    )
