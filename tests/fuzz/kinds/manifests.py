"""Any rendered manifests, printed by a fake Helm."""

import json

from tests.fuzz import charts
from tests.fuzz.case import FAKE, Case
from tests.fuzz.kinds import options, shapes
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, change_values, to_yaml

_ERRORS = (
    "Error: execution error at (vllm/templates/deployment.yaml:7:10): {}\n",
    "Error: template: vllm/templates/x.yaml:7:17: executing {} at <.Values.x>: nil pointer\n",
    "Error: values don't meet the specifications of the schema(s):\nvllm:\n- at '/{}': got string\n",
    "Error: {}\n",
    "{}",
)

_SCRIPTS = (
    "kill -9 $$\n",
    "kill -15 $$\n",
    "exit 127\n",
    "exec >&-\n",
    "exec 2>&-\n",
    "sleep 1\n",
    "yes | head -c 3000000\n",
    "sleep 60 </dev/null >/dev/null 2>&1 &\n",
)
"""Faults of a Helm: signals, closed streams, floods, remaining processes."""


def text(odd: Odd) -> str:
    """Return documents with a few changed values."""
    found = [
        change_values(odd, tree) if odd.chance(70) else tree
        for tree in shapes.objects(odd)
    ]
    if odd.chance(10):
        found.append(odd.tree())
    dump = json.dumps if odd.chance(10) else to_yaml
    source = "# Source: printing/templates/all.yaml\n"
    return "".join(f"---\n{source}{dump(tree)}\n" for tree in found)


def build(odd: Odd) -> Case:
    """Build a chart and what Helm prints for it."""
    chart = (
        charts.files_of(odd.one(charts.NAMES))
        if odd.chance(50)
        else charts.printing(b"")
    )
    fails = odd.chance(15)
    secret = odd.secret()
    printed = {
        "stdout": odd.garbage() if odd.chance(3) else break_text(odd, text(odd)),
        "stderr": odd.one(_ERRORS).format(odd.text()).encode("utf-8", "surrogatepass")
        if fails
        else b"",
        "code": b"1\n" if fails else b"0\n",
    }
    script = odd.one(_SCRIPTS) if odd.chance(8) else ""
    settings = [f"--set=apiKey.value={secret}"] if odd.chance(20) else []
    return Case(
        kind="manifests",
        arguments=("chart", *settings, *options.printing(odd), *options.fixing(odd, 5)),
        files=chart,
        helm=FAKE,
        printed={**printed, "script": script.encode()},
        secrets=(secret,),
        tool_fails=bool(script),
    )
