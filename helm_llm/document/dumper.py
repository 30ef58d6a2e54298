"""Values as YAML that Helm reads back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import yaml

from helm_llm.document.scalars import STR, resolve


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # PyYAML leaves 1e3 and 08 without quotes, but to Helm they are numbers.
    style = None if isinstance(resolve(text, None, plain=True), str) else '"'
    return dumper.represent_scalar(STR, text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump(values: Mapping[str, object]) -> str:
    """The text of a values file."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, width=inf)
