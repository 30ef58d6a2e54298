"""--select and --ignore: which rules run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helm_llm.errors import UsageError
from helm_llm.keypath import KeyPath
from helm_llm.lint.config.config import Config, no_place
from helm_llm.lint.rule import Rule, Severity
from helm_llm.lint.suggest import near

_ID, _PREFIX, _AREA, _NONE = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What the command line, or the configuration, selects and ignores. `place` says where, in front of an error."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    place: Callable[[KeyPath], str] = no_place

    def runs(self, rule: Rule[Any]) -> bool | None:
        """Whether a rule runs, None where nothing is said; the more exact selector wins, on a tie `ignore`."""
        configured_rules = max(
            (_precision(rule, word) for word in _words(self.select)), default=_NONE
        )
        ignored = max(
            (_precision(rule, word) for word in _words(self.ignore)), default=_NONE
        )
        if configured_rules or ignored:
            return configured_rules > ignored
        return False if self.select else None


NOTHING = Selection()


def select_rules(
    rules: Sequence[Rule[Any]],
    select: Iterable[str],
    ignore: Iterable[str],
    configured: Selection = NOTHING,
) -> tuple[Rule[Any], ...]:
    """The rules that run. A selector is an id, an id prefix (`gpu-*`) or an area; the command line beats the rest."""
    selections = (Selection(tuple(select), tuple(ignore)), configured)
    for selection in selections:
        _check(rules, selection)
    wanted = {rule.id for rule in rules if _runs(rule, selections)}
    if not wanted:
        raise UsageError("no rule is left to run: what is selected is ignored too")
    return tuple(rule for rule in rules if rule.always or rule.id in wanted)


def configured_rules(
    rules: Sequence[Rule[Any]],
    config: Config,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> tuple[Rule[Any], ...]:
    """The rules that run, with the severities that the configuration gives some of them."""
    configured = Selection(config.select, config.ignore, config.place)
    return select_rules(
        with_severities(rules, config.severity, config.place),
        select,
        ignore,
        configured,
    )


def with_severities(
    rules: Sequence[Rule[Any]],
    severities: Mapping[str, str],
    place: Callable[[KeyPath], str],
) -> tuple[Rule[Any], ...]:
    """The rules with the severities that the configuration gives some of them."""
    ids = [rule.id for rule in rules]
    for id in severities:
        if id not in ids:
            raise UsageError(
                f"{place(('severity', id))}there is no rule {id!r}{_hint(id, ids)}: see `helm llm rules`"
            )
    return tuple(
        replace(rule, severity=Severity[severities[rule.id].upper()])
        if rule.id in severities
        else rule
        for rule in rules
    )


def _runs(rule: Rule[Any], selections: Sequence[Selection]) -> bool:
    verdicts = (selection.runs(rule) for selection in selections)
    return next((verdict for verdict in verdicts if verdict is not None), True)


def _precision(rule: Rule[Any], selector: str) -> int:
    if selector == rule.id:
        return _ID
    if selector.endswith("*") and rule.id.startswith(selector[:-1]):
        return _PREFIX
    return _AREA if selector == rule.area else _NONE


def _words(selectors: Iterable[str]) -> Iterator[str]:
    return (
        word.strip()
        for selector in selectors
        for word in selector.split(",")
        if word.strip()
    )


def _check(rules: Sequence[Rule[Any]], selection: Selection) -> None:
    names = [*(rule.id for rule in rules), *{rule.area for rule in rules}]
    for key, selectors in (("select", selection.select), ("ignore", selection.ignore)):
        for index, selector in enumerate(selectors):
            if not any(_words([selector])):
                raise UsageError(
                    f"{selection.place((key, index)) or f'--{key} '}{selector!r} names no rule"
                )
            for word in _words([selector]):
                if not any(_precision(rule, word) for rule in rules):
                    message = f"no rule, area or prefix is called {word!r}{_hint(word, names)}: see `helm llm rules`"
                    raise UsageError(selection.place((key, index)) + message)


def _hint(word: str, names: Sequence[str]) -> str:
    meant = near(word, names)
    return f", did you mean {meant}?" if meant else ""
