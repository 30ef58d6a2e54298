"""Which rules run, and with which severity: --select, --ignore and the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from helm_llm.errors import UsageError
from helm_llm.keypath import KeyPath
from helm_llm.lint.config.config import Config, SeverityName, no_place
from helm_llm.lint.rule import AnyRule, Severity
from helm_llm.lint.suggest import near

_ID, _PREFIX, _AREA, _NONE = 3, 2, 1, 0
"""How exactly a selector names a rule."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the command line, or the configuration, selects and ignores."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    place: Callable[[KeyPath], str] = no_place
    """The place of a selector, which begins an error message."""

    def decides(self, rule: AnyRule) -> bool | None:
        """Whether a rule runs; None if neither list names it.

        The more exact selector decides. If both are as exact, the rule is ignored.
        """
        selected = _precision(rule, self.select)
        ignored = _precision(rule, self.ignore)
        if selected or ignored:
            return selected > ignored
        # With a list of selected rules, all others do not run.
        if self.select:
            return False
        return None


NOTHING = Selection()


def select_rules(
    rules: Sequence[AnyRule],
    select: Iterable[str],
    ignore: Iterable[str],
    configured: Selection = NOTHING,
) -> tuple[AnyRule, ...]:
    """The rules that run; the command line takes precedence over the configuration.

    A selector is an id, an id prefix (`gpu-*`) or an area.
    """
    given = Selection(tuple(select), tuple(ignore))
    selections = (given, configured)
    for selection in selections:
        _check(rules, selection)
    chosen = [rule for rule in rules if _is_chosen(rule, selections)]
    if not chosen:
        raise UsageError("no rule is left to run: every selected rule is also ignored")
    # Some rules cannot be ignored, but a run of these alone would be a mistake.
    ids = {rule.id for rule in chosen}
    return tuple(rule for rule in rules if rule.always or rule.id in ids)


def _is_chosen(rule: AnyRule, selections: Sequence[Selection]) -> bool:
    for selection in selections:
        decision = selection.decides(rule)
        if decision is not None:
            return decision
    return True


def configured_rules(
    rules: Sequence[AnyRule],
    config: Config,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> tuple[AnyRule, ...]:
    """The rules that run, with the severities of the configuration."""
    rules = with_severities(rules, config.severity, config.place)
    configured = Selection(config.select, config.ignore, config.place)
    return select_rules(rules, select, ignore, configured)


def with_severities(
    rules: Sequence[AnyRule],
    severities: Mapping[str, SeverityName],
    place: Callable[[KeyPath], str],
) -> list[AnyRule]:
    """The rules, with other severities for the ids that are given."""
    by_id = {rule.id: rule for rule in rules}
    for id, name in severities.items():
        rule = by_id.get(id)
        if rule is None:
            where = place(("severity", id))
            hint = _hint(id, list(by_id))
            raise UsageError(
                f"{where}there is no rule {id!r}{hint}: see `helm llm rules`"
            )
        severity = Severity[name.upper()]
        by_id[id] = replace(rule, severity=severity)
    return list(by_id.values())


def _precision(rule: AnyRule, selectors: Iterable[str]) -> int:
    """The precision of the most exact selector that names the rule."""
    exact = _NONE
    for selector in _split(selectors):
        if selector == rule.id:
            return _ID
        start = selector.removesuffix("*")
        if start != selector and rule.id.startswith(start):
            exact = _PREFIX
        elif selector == rule.area:
            exact = max(exact, _AREA)
    return exact


def _split(selectors: Iterable[str]) -> Iterator[str]:
    for selector in selectors:
        for part in selector.split(","):
            word = part.strip()
            if word:
                yield word


def _check(rules: Sequence[AnyRule], selection: Selection) -> None:
    """UsageError for a selector that names no rule."""
    lists = {"select": selection.select, "ignore": selection.ignore}
    for key, selectors in lists.items():
        for index, selector in enumerate(selectors):
            place = selection.place((key, index))
            words = list(_split([selector]))
            if not words:
                where = place or f"--{key} "
                raise UsageError(f"{where}{selector!r} names no rule")
            for word in words:
                if any(_precision(rule, [word]) for rule in rules):
                    continue
                raise UsageError(place + _no_such_rule(word, rules))


def _no_such_rule(word: str, rules: Sequence[AnyRule]) -> str:
    names = [rule.id for rule in rules]
    names += {rule.area for rule in rules}
    hint = _hint(word, names)
    return f"no rule, area or prefix is called {word!r}{hint}: see `helm llm rules`"


def _hint(word: str, names: Sequence[str]) -> str:
    meant = near(word, names)
    if not meant:
        return ""
    return f", did you mean {meant}?"
