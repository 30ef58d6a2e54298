"""Any values files."""

from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, to_yaml


def build(odd: Odd) -> Case:
    """Build a chart with any values, in a file or on standard input."""
    tree: dict[str, Any] = {odd.key(): odd.tree() for _ in range(odd.randrange(6))}
    planted = secrets.plant(odd, tree)
    content = _content(odd, tree)
    name = f"{odd.name()}.yaml" if odd.chance(15) else "v.yaml"
    from_stdin = odd.chance(15)
    quoted = '"' + name.replace('"', '""') + '"'
    return Case(
        kind="values",
        arguments=(
            "chart",
            "--no-render",
            "--values=-" if from_stdin else f"--values={quoted}",
            *options.printing(odd),
            *([] if from_stdin else options.fixing(odd)),
        ),
        files={
            **charts.files_of(odd.one(charts.NAMES)),
            **({} if from_stdin else {name: content}),
        },
        stdin=content if from_stdin else None,
        secrets=planted,
        edited=(name,),
    )


def _content(odd: Odd, tree: dict[str, Any]) -> bytes:
    if odd.chance(5):
        return odd.garbage()
    if odd.chance(10):
        return break_text(odd, to_yaml(odd.tree()))
    return break_text(odd, to_yaml(tree))
