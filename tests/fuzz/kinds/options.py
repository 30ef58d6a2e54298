"""Options that go with every kind: how to report, what to fix."""

from tests.fuzz.odd import Odd

FORMATS = ("text", "text", "text", "json", "sarif", "github", "junit")


def printing(odd: Odd) -> list[str]:
    """A format, and how much of the rest there is."""
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
    """--fix, --diff or neither."""
    return [odd.one(["--fix", "--diff"])] if odd.chance(percent) else []
