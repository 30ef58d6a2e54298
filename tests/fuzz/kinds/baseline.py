"""Baselines: read, written, and of any shape."""

import json

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import broken, changed, written


def build(odd: Odd) -> Case:
    """A run that hides what a baseline holds, or writes one."""
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
            "v.yaml": written(changed(odd, values)).encode("utf-8", "surrogatepass"),
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
    tree = changed(
        odd, {"version": 1, "findings": [dict(entry) for _ in range(odd.randrange(4))]}
    )
    plain = json.dumps(tree, default=str).encode()
    return odd.one(
        [
            plain,
            plain,
            plain[: len(plain) // 2],
            broken(odd, json.dumps(tree)),
            odd.garbage(),
            b"[" * 100_000,
            b"",
            b"null",
        ]
    )
