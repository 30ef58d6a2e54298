"""Chart, values files and --set options -> Values: Helm's layers, and the layer of each value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from helm_llm.document.document import Document
from helm_llm.document.reader import merge_maps
from helm_llm.errors import UsageError
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.set_option import FLAGS, SetOption
from helm_llm.values.chart import Chart
from helm_llm.values.coalesce import Tree, Version, coalesce
from helm_llm.values.set_parser import Claim, apply_set_option
from helm_llm.values.set_value import InvalidSetOption
from helm_llm.values.sources import FileSources, OptionSources

__all__ = ["Origin", "Values", "layer"]

Claims: TypeAlias = "tuple[tuple[SetOption, list[Claim]], ...]"
"""What each option set, in the order in which Helm applies them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The layer that set a value: a file, the chart's values.yaml or an option.

    `path` is the path of the value in that layer. For a part of a rendered object whose
    value is unknown, `object` and `template` name the object and its template.
    """

    document: Document | None = None
    option: SetOption | None = None
    is_default: bool = False
    path: KeyPath = ()
    object: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """The merged values of a chart. Origins are searched for only when they are needed."""

    tree: Tree
    chart: Chart
    files: tuple[Document, ...] = ()
    _claims: Claims = field(default=(), repr=False)
    base: KeyPath = ()
    """Path of these values in those of the release; all other paths start from it."""
    _root: Values | None = field(default=None, repr=False)
    _options: OptionSources = field(
        default_factory=OptionSources, repr=False, compare=False
    )
    _files: FileSources = field(default_factory=FileSources, repr=False, compare=False)

    def below(self, base: KeyPath, chart: Chart) -> Values:
        """The values of a subchart as that chart sees them.

        To a subchart, what its parent's values.yaml sets was set by a user.
        """
        tree = lookup(self.tree, base)
        return replace(self, tree=tree, chart=chart, base=base, _root=self)

    @property
    def root(self) -> Values:
        """The values of the whole release."""
        return self._root or self

    @property
    def is_editable(self) -> bool:
        """Whether users write these values, so that a fix may change them."""
        return True

    def release_path(self, path: KeyPath) -> KeyPath:
        """The path in the values of the whole release."""
        return (*self.base, *path)

    @property
    def options(self) -> tuple[tuple[SetOption, KeyPath, object], ...]:
        """Option, path and value of each setting, in the order in which Helm applies them."""
        return tuple(self._settings())

    def _settings(self) -> Iterator[tuple[SetOption, KeyPath, object]]:
        depth = len(self.base)
        for option, claims in self._claims:
            for path, value in claims:
                if path[:depth] != self.base[: len(path)]:
                    continue
                # An option may set a parent of these values: `--set-json sub={...}`.
                rest = self.base[len(path) :]
                inner = lookup(value, rest)
                if inner is not MISSING:
                    yield option, path[depth:], inner

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The value at a path, the default if it is missing or null."""
        value = lookup(self.tree, path)
        if value is MISSING or value is None:
            return default
        return value

    def origin(self, path: KeyPath) -> Origin | None:
        """The last layer that set the value; None if the merged values lack the path."""
        if lookup(self.tree, path) is MISSING:
            return None
        if self._root:
            origin = self._root.origin(self.release_path(path))
            return _subchart_origin(origin, path)
        above = _overriding_global(self.chart, path)
        if above:
            origin = self.origin(above)
            if origin:
                return origin
        origin = self._user_origin(path) or _default_origin(self.chart, path)
        if origin:
            return origin
        # Helm adds some values itself, for example by import-values.
        return Origin(self.chart.defaults, is_default=True, path=path)

    def is_user_set(self, path: KeyPath) -> bool:
        """Whether a file or an option, not the chart's values.yaml, set the value."""
        origin = self.origin(path)
        return origin is not None and not origin.is_default

    def null_origin(self, path: KeyPath) -> Origin | None:
        """The layer whose null removed the chart's default at the path or above it."""
        if self._root:
            origin = self._root.null_origin(self.release_path(path))
            return _subchart_origin(origin, path)
        is_set = lookup(self.tree, path) is not MISSING
        if is_set or _default_origin(self.chart, path) is None:
            return None
        for end in range(1, len(path) + 1):
            origin = self._user_null(path[:end])
            if origin:
                return origin
        return None

    def _user_origin(self, path: KeyPath) -> Origin | None:
        # Options win over all files, in any order on the command line.
        setting = self._options.last_setting(path)
        if setting:
            rest = path[len(setting.path) :]
            if lookup(setting.value, rest) is MISSING:
                return None
            return Origin(option=setting.option, path=path)
        file = self._files.file_of(path)
        if file:
            return Origin(file, path=path)
        option = self._options.last_option_below(path)
        if option:
            return Origin(option=option, path=path)
        return None

    def _user_null(self, path: KeyPath) -> Origin | None:
        option = self._options.null_option(path)
        if option:
            return Origin(option=option, path=path)
        file = self._files.file_of(path)
        if file and lookup(file.tree, path) is None:
            return Origin(file, path=path)
        return None


def layer(
    chart: Chart,
    files: Sequence[Document],
    options: Sequence[SetOption],
    *,
    helm_version: Version = (3, 22, 0),
) -> Values:
    """Merge the chart's defaults, the files in order and the options in Helm's order.

    UsageError for options that Helm refuses.
    """
    user: Any = {}
    for file in files:
        user = merge_maps(user, file.tree)
    if options:
        # Options edit the tree, and its parts belong to the files.
        user = _copy_tree(user)
    # Helm applies all options of one flag before those of the next.
    ordered = sorted(options, key=lambda option: FLAGS.index(option.flag))
    applied: list[tuple[SetOption, list[Claim]]] = []
    for option in ordered:
        settings = _apply(option, user, helm_version)
        applied.append((option, settings))
    claims = tuple(applied)
    tree = coalesce(chart, user, helm_version)
    return Values(
        tree,
        chart,
        tuple(files),
        claims,
        _options=OptionSources(claims),
        _files=FileSources.of(files),
    )


def _apply(
    option: SetOption, user: dict[str, Any], helm_version: Version
) -> list[Claim]:
    try:
        return apply_set_option(
            option.flag, option.text, user, helm_version=helm_version
        )
    except InvalidSetOption as error:
        from helm_llm.masking.expression import mask_option

        raise UsageError(f"{mask_option(option)}: {error}") from None


def _copy_tree(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy_tree(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copy_tree(inner) for inner in value]
    return value


def _subchart_origin(origin: Origin | None, path: KeyPath) -> Origin | None:
    """The origin of a subchart's value, given its origin in the whole release.

    A path that is longer than the subchart's leads into a chart above it, whose
    defaults count as set by a user.
    """
    if origin and len(origin.path) > len(path):
        return replace(origin, is_default=False)
    return origin


def _default_origin(chart: Chart, path: KeyPath) -> Origin | None:
    if lookup(chart.defaults.tree, path) is not MISSING:
        return Origin(chart.defaults, is_default=True, path=path)
    if len(path) < 2:
        return None
    name, *rest = path
    for dependency in chart.dependencies:
        if dependency.name != name or dependency.chart is None:
            continue
        origin = _default_origin(dependency.chart, tuple(rest))
        if origin:
            return origin
    return None


def _overriding_global(chart: Chart, path: KeyPath) -> KeyPath | None:
    """`sub.global.x` -> `global.x`: a chart's globals win over its dependencies' globals."""
    for at, key in enumerate(path):
        child = _subchart(chart, key)
        if child is None:
            if at and key == "global":
                return (*path[: at - 1], *path[at:])
            return None
        chart = child
    return None


def _subchart(chart: Chart, name: str | int) -> Chart | None:
    for dependency in chart.dependencies:
        if dependency.name == name:
            return dependency.chart
    return None
