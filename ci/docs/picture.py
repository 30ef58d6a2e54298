"""Draws docs/lint.svg: the example of the README as `helm llm lint` reports it.

    python ci/docs/picture.py [--check]

The text is the program's own output, run on docs/example and charts/vllm. --check
writes nothing and exits with 1 when the picture is stale.
"""

import io
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "lint.svg"
COMMAND = "helm llm lint charts/vllm -f base.yaml -f prod.yaml"
COLUMNS = 112


def report(helm: str | None = None) -> str:
    """The output of the command with its colours; `helm` is a path, PATH's by default."""
    environment = os.environ | {"FORCE_COLOR": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("NO_COLOR", None)
    if helm:
        environment["HELM_BIN"] = helm
    chart, *files = re.findall(r"\S+/\S+|\S+\.yaml", COMMAND)
    values = [f"--values={file}" for file in files]
    command = [sys.executable, "-m", "helm_llm", "lint", f"../../{chart}", *values]
    done = subprocess.run(
        command,
        cwd=ROOT / "docs" / "example",
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode != 1:
        sys.exit(f"the example should have findings: {done.stderr or done.stdout}")
    return done.stdout


def svg(output: str) -> str:
    """The picture of a terminal that shows the command and its output."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text(f"$ {COMMAND}"))
    console.print(Text.from_ansi(output.rstrip("\n")))
    return console.export_svg(title="helm llm lint", unique_id="helm-llm")


def text_of(picture: str) -> str:
    """What a picture shows, without line breaks and spaces, which depend on its width."""
    shown = "".join(
        unescape(part) for part in re.findall(r"<text [^>]*>(.*?)</text>", picture)
    )
    return re.sub(r"\s", "", shown)


def main() -> None:
    fresh = svg(report())
    if "--check" not in sys.argv:
        PICTURE.write_text(fresh, "utf-8")
    elif PICTURE.read_text("utf-8") != fresh:
        sys.exit("docs/lint.svg is stale: make docs")


if __name__ == "__main__":
    main()
