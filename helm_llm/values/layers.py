"""Chart, values files and --set options -> Values: Helm's layering, and which layer each value comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from helm_llm.document.document import Document, merge_maps
from helm_llm.errors import UsageError
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.set_option import FLAGS, SetOption
from helm_llm.values.chart import Chart
from helm_llm.values.coalesce import Tree, Version, coalesce
from helm_llm.values.set_parser import Claim, apply_set_option
from helm_llm.values.set_value import InvalidSetOption
from helm_llm.values.sources import FileSources, OptionSources

__all__ = ["Origin", "Values", "layer"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The layer that set a value: a file (or a chart's values.yaml) or an option. `path` is the value's path there.

    Of a part of a rendered object no value is known to give: the object, and the file of its template.
    """

    document: Document | None = None
    option: SetOption | None = None
    is_default: bool = False
    path: KeyPath = ()
    object: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """The merged values; origins are found at lookup."""

    tree: Tree
    chart: Chart
    files: tuple[Document, ...] = ()
    _claims: tuple[tuple[SetOption, list[Claim]], ...] = field(default=(), repr=False)
    base: KeyPath = ()
    """Where these values lie in those of the parent chart; all paths but this one are relative to it."""
    _root: Values | None = field(default=None, repr=False)
    _set_by: OptionSources = field(
        default_factory=OptionSources, repr=False, compare=False
    )
    _given_by: FileSources = field(
        default_factory=FileSources, repr=False, compare=False
    )

    def below(self, base: KeyPath, chart: Chart) -> Values:
        """The values of a subchart as that chart sees them: what its parent's values.yaml says is a user's choice."""
        return replace(
            self, tree=lookup(self.tree, base), chart=chart, base=base, _root=self
        )

    @property
    def root(self) -> Values:
        """The values of the whole release."""
        return self._root or self

    @property
    def is_editable(self) -> bool:
        """Whether these are values as a user writes them, which a fix may change."""
        return True

    def release_path(self, path: KeyPath) -> KeyPath:
        """The path in the values of the whole release."""
        return (*self.base, *path)

    @property
    def options(self) -> tuple[tuple[SetOption, KeyPath, Any], ...]:
        """What each option sets, in the order in which Helm applies them."""
        depth = len(self.base)
        claims = (
            (option, path, value)
            for option, claims in self._claims
            for path, value in claims
        )
        return tuple(
            (option, path[depth:], lookup(value, self.base[len(path) :]))
            for option, path, value in claims
            if path[:depth] == self.base[: len(path)]
            and lookup(value, self.base[len(path) :]) is not MISSING
        )

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The value at a path, the default when it is missing or null."""
        value = lookup(self.tree, path)
        return default if value is MISSING or value is None else value

    def origin(self, path: KeyPath) -> Origin | None:
        """The layer that set the value at the path last; None if the path is not in the merged values."""
        if lookup(self.tree, path) is MISSING:
            return None
        if self._root:
            return _seen_below(self._root.origin((*self.base, *path)), path)
        above = _parents_global(self.chart, path)
        if above and (origin := self.origin(above)):
            return origin
        beyond_files = Origin(self.chart.defaults, is_default=True, path=path)
        return self._from_user(path) or _default(self.chart, path) or beyond_files

    def is_user_set(self, path: KeyPath) -> bool:
        """Whether a file or an option, not the chart's values.yaml, set the value."""
        origin = self.origin(path)
        return origin is not None and not origin.is_default

    def null_origin(self, path: KeyPath) -> Origin | None:
        """The file or option whose null removed the chart's default at the path or above it."""
        if self._root:
            return _seen_below(self._root.null_origin((*self.base, *path)), path)
        if lookup(self.tree, path) is not MISSING or _default(self.chart, path) is None:
            return None
        above = (path[:end] for end in range(1, len(path) + 1))
        return next(
            (origin for shorter in above if (origin := self._null(shorter))), None
        )

    def _from_user(self, path: KeyPath) -> Origin | None:
        if claim := self._set_by.last_above(path):
            held = lookup(claim.value, path[len(claim.path) :]) is not MISSING
            return Origin(option=claim.option, path=path) if held else None
        if file := self._given_by.file(path):
            return Origin(file, path=path)
        maker = self._set_by.maker_below(path)
        return Origin(option=maker, path=path) if maker else None

    def _null(self, path: KeyPath) -> Origin | None:
        if option := self._set_by.null(path):
            return Origin(option=option, path=path)
        found = self._given_by.file(path)
        return (
            Origin(found, path=path)
            if found and lookup(found.tree, path) is None
            else None
        )


def layer(
    chart: Chart,
    files: Sequence[Document],
    options: Sequence[SetOption],
    *,
    helm_version: Version = (3, 22, 0),
) -> Values:
    """The chart's defaults, the files in order, the options in Helm's order; UsageError for what Helm refuses."""
    nothing: Tree = {}
    user = reduce(merge_maps, (file.tree for file in files), nothing)
    edited: Any = _copied(user) if options else user
    ordered = sorted(options, key=lambda option: FLAGS.index(option.flag))
    claims = tuple((option, _apply(option, edited, helm_version)) for option in ordered)
    tree = coalesce(chart, edited, helm_version)
    return Values(
        tree,
        chart,
        tuple(files),
        claims,
        _set_by=OptionSources(claims),
        _given_by=FileSources.of(files),
    )


def _apply(
    option: SetOption, user: dict[str, Any], helm_version: Version
) -> list[Claim]:
    try:
        return apply_set_option(
            option.flag, option.text, user, helm_version=helm_version
        )
    except InvalidSetOption as refused:
        from helm_llm.masking.expression import mask_option

        raise UsageError(f"{mask_option(option)}: {refused}") from None


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _seen_below(origin: Origin | None, path: KeyPath) -> Origin | None:
    """An origin for a subchart: a longer path than its own leads into a chart above it."""
    return (
        replace(origin, is_default=False)
        if origin and len(origin.path) > len(path)
        else origin
    )


def _default(chart: Chart, path: KeyPath) -> Origin | None:
    if lookup(chart.defaults.tree, path) is not MISSING:
        return Origin(chart.defaults, is_default=True, path=path)
    below = (
        dependency.chart
        for dependency in chart.dependencies
        if path[1:] and dependency.name == path[0]
    )
    return next(
        (origin for child in below if child and (origin := _default(child, path[1:]))),
        None,
    )


def _parents_global(chart: Chart, path: KeyPath) -> KeyPath | None:
    """`sub.global.x` -> `global.x`: a chart's globals win over those of its dependencies."""
    for at, key in enumerate(path):
        child = next(
            (
                dependency.chart
                for dependency in chart.dependencies
                if dependency.name == key
            ),
            None,
        )
        if child is None:
            return (*path[: at - 1], *path[at:]) if at and key == "global" else None
        chart = child
    return None
