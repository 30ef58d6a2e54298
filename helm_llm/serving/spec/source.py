"""Where a spec is read from: the values of a chart, or the objects it renders to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from helm_llm.document.document import Document
from helm_llm.keypath import Key, KeyPath
from helm_llm.values.chart import Chart
from helm_llm.values.layers import Origin


class Source(Protocol):
    """A tree whose parts have an origin. See `Values` for what the members mean."""

    @property
    def tree(self) -> Mapping[str, Any]: ...

    @property
    def chart(self) -> Chart: ...

    @property
    def files(self) -> tuple[Document, ...]: ...

    @property
    def base(self) -> KeyPath: ...

    @property
    def root(self) -> Source: ...

    @property
    def is_editable(self) -> bool: ...

    def get(self, *path: Key, default: Any = None) -> Any: ...

    def release_path(self, path: KeyPath) -> KeyPath: ...

    def origin(self, path: KeyPath) -> Origin | None: ...

    def is_user_set(self, path: KeyPath) -> bool: ...

    def null_origin(self, path: KeyPath) -> Origin | None: ...
