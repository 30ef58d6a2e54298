"""Values of our own charts' scenarios with a few changes."""

from tests.fuzz import charts
from tests.fuzz.case import HELM3, HELM4, Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, change_values, to_yaml


def build(odd: Odd) -> Case:
    """Build one of our charts with one or two values files."""
    chart = odd.one(charts.NAMES)
    tree = change_values(odd, charts.scenario(chart, odd.randrange(100)))
    planted = secrets.plant(odd, tree)
    files = {"v.yaml": break_text(odd, to_yaml(tree))}
    if odd.chance(20):
        files["w.yaml"] = break_text(
            odd, to_yaml(change_values(odd, charts.scenario(chart, odd.randrange(100))))
        )
    helm = odd.one([HELM3, HELM4]) if odd.chance(4) else ""
    return Case(
        kind="scenario",
        arguments=(
            "chart",
            *(f"--values={name}" for name in files),
            *([] if helm else ["--no-render"]),
            *options.printing(odd),
            *options.fixing(odd),
        ),
        files={**charts.files_of(chart), **files},
        helm=helm,
        secrets=planted,
        edited=tuple(files),
    )
