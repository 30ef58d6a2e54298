"""Values as YAML that Helm reads back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import yaml

from helm_llm.document.scalars import STR, resolve


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """PyYAML leaves 1e3 and 08 without quotes: to it they are no numbers, to Helm they are."""
    style = None if isinstance(resolve(text, None, plain=True), str) else '"'
    return dumper.represent_scalar(STR, text, style=style)


_Dumper.add_representer(str, _text)


def dump(values: Mapping[str, Any]) -> str:
    """The text of a values file."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, width=inf)
