"""--select and --ignore: which rules run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from helm_llm.errors import UsageError
from helm_llm.lint.rule import Rule
from helm_llm.lint.suggest import near

ALWAYS = frozenset({"yaml-syntax", "template-failed"})

_ID, _PREFIX, _AREA, _NONE = 3, 2, 1, 0


def selected(rules: Sequence[Rule[Any]], select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule[Any], ...]:
    """The rules that run. A selector is an id, an id prefix (`gpu-*`) or an area; the more exact one wins."""
    select, ignore = _known(rules, select), _known(rules, ignore)
    return tuple(rule for rule in rules if rule.id in ALWAYS or _runs(rule, select, ignore))


def _runs(rule: Rule[Any], select: Sequence[str], ignore: Sequence[str]) -> bool:
    chosen = max((_precision(rule, selector) for selector in select), default=_NONE)
    ignored = max((_precision(rule, selector) for selector in ignore), default=_NONE)
    return ignored < chosen if ignored else bool(chosen) or not select


def _precision(rule: Rule[Any], selector: str) -> int:
    if selector == rule.id:
        return _ID
    if selector.endswith("*") and rule.id.startswith(selector[:-1]):
        return _PREFIX
    return _AREA if selector == rule.area else _NONE


def _known(rules: Sequence[Rule[Any]], selectors: Iterable[str]) -> list[str]:
    words = [word.strip() for selector in selectors for word in selector.split(",") if word.strip()]
    for word in words:
        if not any(_precision(rule, word) for rule in rules):
            raise UsageError(f"no rule, area or prefix is called {word!r}{_hint(rules, word)}: see `helm llm rules`")
    return words


def _hint(rules: Sequence[Rule[Any]], word: str) -> str:
    names = [*(rule.id for rule in rules), *{rule.area for rule in rules}]
    meant = near(word, names)
    return f", did you mean {meant}?" if meant else ""
