"""The rule catalogue: a table of all rules, or the page of one."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from itertools import groupby

from helm_llm.errors import UsageError
from helm_llm.lint.rule import AnyRule
from helm_llm.lint.rules import RULES
from helm_llm.lint.suggest import near


def as_text(id: str | None) -> str:
    """One rule's page, or a table of all rules by area."""
    if id is not None:
        rule = _rule(id)
        head = f"{rule.severity}, {rule.confidence}, area {rule.area}"
        return f"{rule.id}    {head}\n\n{_for_terminal(rule.page)}\n"
    width = max(len(rule.id) for rule in RULES)
    lines = []
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines.append(area)
        for rule in rules:
            id_column = rule.id.ljust(width)
            severity = str(rule.severity).ljust(7)
            lines.append(f"  {id_column}  {severity}  {rule.title}")
        lines.append("")
    lines.append(f"{len(RULES)} rules; `helm llm rules RULE` prints the page of one\n")
    return "\n".join(lines)


def _for_terminal(page: str) -> str:
    """A page whose sentences fit a terminal; its examples stay as they are."""
    lines: list[str] = []
    for part in _EXAMPLE.split(page):
        if part.startswith("```"):
            lines.append(part)
        else:
            lines.append(_PARAGRAPH.sub(_wrap_paragraph, part))
    return "".join(lines)


# The parts of a page: an example with its fences, and the text between two of them.
_EXAMPLE = re.compile(r"(```.*?```)", re.DOTALL)
# A paragraph or an item of a list, but not a heading.
_PARAGRAPH = re.compile(r"^(?!#)\S[^\n]*(?:\n(?!#|- )[^\n]+)*", re.MULTILINE)


def _wrap_paragraph(paragraph: re.Match[str]) -> str:
    text = " ".join(paragraph[0].split())
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(
        text,
        _COLUMNS,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


_COLUMNS = 80


def as_json(id: str | None) -> str:
    """The same as JSON."""
    rules: Sequence[AnyRule] = RULES
    if id is not None:
        rules = [_rule(id)]
    objects = [_as_object(rule) for rule in rules]
    return json.dumps(objects, indent=2) + "\n"


def as_markdown(id: str | None) -> str:
    """The same as Markdown: docs/rules.md."""
    if id is not None:
        return _section(_rule(id), "#") + "\n"
    lines = ["# Rules", "", _INTRODUCTION, "", *_TERMS]
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines += ["", f"## {area}", "", *_TABLE_HEAD]
        lines += map(_row, rules)
    for rule in RULES:
        section = _section(rule, "##")
        lines += ["", section]
    return "\n".join(lines) + "\n"


_INTRODUCTION = (
    f"{len(RULES)} rules by area. `helm llm rules RULE` prints the page of one."
)
_TERMS = (
    "*error*: rejected, or not what the values say; *warning*: runs, but probably not as intended; *info*: advice.",
    "*certain*: in any cluster; *likely*: in most clusters.",
)
_TABLE_HEAD = (
    "| rule | severity | confidence | what it finds |",
    "|---|---|---|---|",
)


def _row(rule: AnyRule) -> str:
    title = rule.title.replace("|", "\\|")
    link = f"[`{rule.id}`](#{rule.id})"
    return f"| {link} | {rule.severity} | {rule.confidence} | {title} |"


def _section(rule: AnyRule, level: str) -> str:
    head = f"{rule.severity} · {rule.confidence} · area `{rule.area}`"
    if rule.charts:
        charts = ", ".join(sorted(rule.charts))
        head += f" · charts {charts}"
    # The headings of the page are one level below that of the rule.
    page = rule.page.replace("\n## ", f"\n{level}# ")
    return f"{level} {rule.id}\n\n{head}\n\n{page}"


CATALOGUES = {"text": as_text, "json": as_json, "markdown": as_markdown}


def _as_object(rule: AnyRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "subject": rule.subject.value,
        "charts": sorted(rule.charts),
        "title": rule.title,
        "page": rule.page,
    }


def _rule(id: str) -> AnyRule:
    for rule in RULES:
        if rule.id == id:
            return rule
    meant = near(id, [rule.id for rule in RULES])
    hint = ":"
    if meant:
        hint = f", did you mean {meant}?"
    raise UsageError(f"there is no rule {id!r}{hint} `helm llm rules` lists all rules")
