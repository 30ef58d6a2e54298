"""Comments that suppress findings, in files that --fix rewrites."""

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options, secrets
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, to_yaml

_RULES = (
    "schema",
    "unknown-key",
    "unquoted-boolean",
    "gpu-*",
    "*",
    "",
    "nowhere",
    "a,b",
    "schema, unknown-key",
    "[",
    "]",
    "\x1b[31m",
    "\u202e",
)
_FORMS = (
    "# helm-llm: ignore[{}] reason",
    "# helm-llm: ignore[{}]",
    "# helm-llm: ignore-file[{}] x",
    "#helm-llm:ignore[{}",
    "# helm-llm: {}",
    "# helm-llm: ignore {}",
)
_FIXABLE = (
    "podLabels: {{x: {}}}",
    "podAnnotations:\n  x: {}",
    "nodeSelector:\n  x: {}  # c",
    "podLabels: {{x: {}, y: {}}}  # c",
    "podLabels:\n  - {}",
)


def build(odd: Odd) -> Case:
    """Build values with fixable findings, and comments anywhere."""
    tree = charts.scenario("vllm", odd.randrange(100))
    planted = secrets.plant(odd, tree)
    lines = to_yaml(tree).splitlines()
    for _ in range(odd.randint(1, 4)):
        lines.insert(odd.randrange(len(lines) + 1), _comment(odd))
    for _ in range(odd.randrange(3)):
        lines += (
            odd.one(_FIXABLE)
            .replace(
                "{}", odd.one(["yes", "1e3", "017", "on", "y", "1_0", "'a", "null"])
            )
            .replace("{{", "{")
            .replace("}}", "}")
            .splitlines()
        )
    lines = [line + "  " + _comment(odd) if odd.chance(5) else line for line in lines]
    end = odd.one(["\n", "\n", "\r\n", "\r"])
    return Case(
        kind="comments",
        arguments=(
            "chart",
            "--values=v.yaml",
            "--no-render",
            *options.printing(odd),
            *options.fixing(odd, 60),
        ),
        files={
            **charts.files_of("vllm"),
            "v.yaml": break_text(odd, end.join(lines) + odd.one(["", end])),
        },
        secrets=planted,
        edited=("v.yaml",),
    )


def _comment(odd: Odd) -> str:
    return odd.one(_FORMS).format(odd.one(_RULES))
