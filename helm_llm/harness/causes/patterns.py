"""Tables of known messages: what Helm, Kubernetes or an engine prints, and its meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Pattern(NamedTuple):
    """A known message; groups of the expression are fields of the sentence and help."""

    cause: str
    expression: str
    sentence: str
    help: str
    rule: str | None = None


class Known(NamedTuple):
    """The meaning of a message that a pattern matches."""

    cause: str
    sentence: str
    help: str
    rule: str | None


def find_known(
    patterns: Iterable[Pattern], message: str, **fields: str
) -> Iterator[Known]:
    """The meanings of a message, in the order of the patterns.

    `fields` are further fields of the sentences.
    """
    for pattern in patterns:
        match = re.search(pattern.expression, message)
        if match is None:
            continue
        # Optional groups that did not take part are empty.
        values = dict(fields)
        for name, value in match.groupdict("").items():
            values[name] = value.strip()
        yield Known(
            pattern.cause,
            pattern.sentence.format(**values),
            pattern.help.format(**values),
            pattern.rule,
        )
