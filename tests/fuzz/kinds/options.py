"""Options for all kinds: the report and the fixes."""

from helm_llm.lint import reporters
from tests.fuzz.odd import Odd

FORMATS = ("text", "text", *reporters.FORMATS)


def printing(odd: Odd) -> list[str]:
    """Return a format, and sometimes a selection and --fail-on."""
    words = [f"--format={odd.one(FORMATS)}"]
    if odd.chance(10):
        words.append("--fail-on=" + odd.one(["error", "warning", "info", "never"]))
    if odd.chance(5):
        words.append(
            "--select="
            + odd.one(
                ["all", "engine", "gpu-*", "schema", "yaml-*", "storage,security"]
            )
        )
    return words


def fixing(odd: Odd, percent: int = 15) -> list[str]:
    """Return --fix, --diff or neither."""
    return [odd.one(["--fix", "--diff"])] if odd.chance(percent) else []
