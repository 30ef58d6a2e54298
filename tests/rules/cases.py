"""Values whose first lines may hold directives: the cases in this directory, and the examples on the rules' pages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from helm_llm.facts import Facts
from helm_llm.lint.rule import Rule
from helm_llm.lint.rules import RULES
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption

HERE = Path(__file__).parent
CHARTS = HERE.parents[1] / "charts"
BY_ID = {rule.id: rule for rule in RULES}
CASES = sorted(
    path for path in HERE.glob("*/*.yaml") if not path.name.endswith(".base.yaml")
)


def directives(text: str, name: str) -> list[str]:
    return re.findall(rf"^# {name}: (.+)$", text, re.MULTILINE)


def text_of(case: Path) -> str:
    return case.read_bytes().decode("utf-8", "replace")


def target_of(case: Path, text: str) -> Target:
    """The chart, the layers and the options that a case names."""
    (chart,) = directives(text, "chart")
    layers = [str(case.with_name(name)) for name in directives(text, "base")]
    return Target(str(CHARTS / chart), (*layers, str(case)), _options(text))


def example(rule: Rule[Any], heading: str, directory: Path) -> Target:
    """The example under a heading of the rule's page; several blocks are layers."""
    texts = blocks(rule, heading)
    files = [directory / f"{heading}-{number}.yaml" for number, _ in enumerate(texts)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, "utf-8")
    options = tuple(option for text in texts for option in _options(text))
    return Target(target_of(files[0], texts[0]).chart, tuple(map(str, files)), options)


def blocks(rule: Rule[Any], heading: str) -> list[str]:
    section = rule.page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert found, f"no YAML under {heading}"
    return found


def facts_of(text: str) -> Facts:
    (given,) = map(yaml.safe_load, directives(text, "facts") or ["{}"])
    return Facts(**given)


def expected(text: str) -> Iterator[tuple[int, str]]:
    """Line and rule of each finding that a case marks."""
    for number, line in enumerate(text.splitlines(), 1):
        for marks in re.findall(r"# expect: ([\w, -]+)$", line):
            yield from ((number, id) for id in re.split(r", *", marks))


def rendered(
    helm: str, of: Target, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """What `helm template` says."""
    values = [word for file in of.files for word in ("--values", file)]
    options = [word for option in of.options for word in (option.flag, option.text)]
    command = [
        helm,
        "template",
        "r",
        of.chart,
        "--kube-version=1.34.0",
        *values,
        *options,
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True)


def _options(text: str) -> tuple[SetOption, ...]:
    return tuple(SetOption.parse(directive) for directive in directives(text, "set"))
