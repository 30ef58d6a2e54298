"""What a chart renders to: the objects, or Helm's reason why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Manifests:
    """The output of `helm template`; `error` is Helm's message when it failed."""

    text: str
    error: str | None = None

    @cached_property
    def objects(self) -> tuple[Mapping[str, Any], ...]:
        """Every rendered Kubernetes object, Lists taken apart."""
        return tuple(_flat(yaml.load_all(self.text, _Loader))) if self.error is None else ()


def _flat(documents: Iterator[Any]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        if str(document.get("kind", "")).endswith("List") and isinstance(document.get("items"), list):
            yield from _flat(iter(document["items"]))
        else:
            yield document
