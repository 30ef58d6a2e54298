"""The rule catalogue: a table of all rules, the page of one."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from helm_llm.errors import UsageError
from helm_llm.lint.rule import Rule
from helm_llm.lint.rules import RULES
from helm_llm.lint.suggest import near


def as_text(id: str | None) -> str:
    """One rule's page, or every rule by area."""
    if id is not None:
        rule = _rule(id)
        return f"{rule.id}    {rule.severity}, {rule.confidence}, area {rule.area}\n\n{rule.page}\n"
    width, lines = max(len(rule.id) for rule in RULES), []
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines.append(area)
        lines += [
            f"  {rule.id:<{width}}  {rule.severity!s:<7}  {rule.title}"
            for rule in rules
        ]
        lines.append("")
    return (
        "\n".join(lines)
        + f"\n{len(RULES)} rules; `helm llm rules RULE` prints one's page\n"
    )


def as_json(id: str | None) -> str:
    """The same as JSON."""
    rules = [_rule(id)] if id is not None else RULES
    return json.dumps([_object(rule) for rule in rules], indent=2) + "\n"


def as_markdown(id: str | None) -> str:
    """The same as Markdown: docs/rules.md."""
    if id is not None:
        return _section(_rule(id), "#") + "\n"
    lines = [
        "# Rules",
        "",
        f"{len(RULES)} rules by area. `helm llm rules RULE` prints one's page.",
        "",
        *_TERMS,
    ]
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines += [
            "",
            f"## {area}",
            "",
            "| rule | severity | confidence | what it finds |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| [`{r.id}`](#{r.id}) | {r.severity} | {r.confidence} | {_cell(r.title)} |"
            for r in rules
        ]
    return "\n".join([*lines, *("\n" + _section(rule, "##") for rule in RULES)]) + "\n"


_TERMS = (
    "*error*: refused, or something else runs than was written; *warning*: runs, but hardly as meant; *info*: advice.",
    "*certain*: for any cluster; *likely*: in most of them.",
)


def _section(rule: Rule[Any], level: str) -> str:
    charts = f" · charts {', '.join(sorted(rule.charts))}" if rule.charts else ""
    head = f"{level} {rule.id}\n\n{rule.severity} · {rule.confidence} · area `{rule.area}`{charts}\n\n"
    return head + rule.page.replace("\n## ", f"\n{level}# ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


CATALOGUES = {"text": as_text, "json": as_json, "markdown": as_markdown}


def _object(rule: Rule[Any]) -> dict[str, Any]:
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


def _rule(id: str) -> Rule[Any]:
    for rule in RULES:
        if rule.id == id:
            return rule
    meant = near(id, [rule.id for rule in RULES])
    hint = f", did you mean {meant}?" if meant else ":"
    raise UsageError(f"there is no rule {id!r}{hint} `helm llm rules` lists them all")
