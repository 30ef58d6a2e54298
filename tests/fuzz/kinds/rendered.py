"""Any manifests from a real Helm, and templates that fail."""

from dataclasses import replace

from tests.fuzz import charts
from tests.fuzz.case import HELM3, HELM4, Case
from tests.fuzz.kinds import manifests, options
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text

_TEMPLATES = (
    '{{ fail "x \\u001b[31m\\n::error title=planted::y" }}\n',
    "{{ .Values.nested.key.deeper }}\n",
    '{{ required "::error title=planted::needed" .Values.absent }}\n',
    "a: {{ .Values.image | quote }}\n b: [\n",
    '{{ include "nowhere" . }}\n',
    "{{",
    "kind: Pod\nspec: {containers: [{image: {{ .Values.image }}, args: {{ toJson .Values.args }}}]}\n",
)


def build(odd: Odd) -> Case:
    """Build a chart that prints a file, or one with another template."""
    files = charts.printing(break_text(odd, manifests.text(odd)))
    if odd.chance(30):
        files["chart/templates/all.yaml"] = odd.one(_TEMPLATES).encode()
    case = Case(
        kind="rendered",
        arguments=("chart", *options.printing(odd)),
        files=files,
        helm=odd.one([HELM3, HELM4]),
    )
    if odd.chance(30):
        return replace(
            case,
            arguments=(
                *case.arguments,
                f"--set=image={odd.one(['a', 'vllm/vllm-openai:v0.9.0', '-x'])}",
            ),
        )
    return case
