"""Values files of any shape."""

from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import broken, written


def build(odd: Odd) -> Case:
    """A chart, and a file or standard input with anything in it."""
    tree: dict[str, Any] = {odd.key(): odd.tree() for _ in range(odd.randrange(6))}
    planted = secrets.plant(odd, tree)
    content = (
        odd.garbage()
        if odd.chance(5)
        else broken(odd, written(odd.tree() if odd.chance(10) else tree))
    )
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
