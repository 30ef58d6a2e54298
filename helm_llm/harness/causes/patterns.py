"""Tables of known messages: what Helm, Kubernetes or an engine prints, and its meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from helm_llm.harness.result import Diagnosis


class Pattern(NamedTuple):
    """A known message; groups of the expression are fields of the sentence and help."""

    cause: str
    expression: str
    sentence: str
    help: str
    rule: str | None = None


def find_known(
    patterns: Iterable[Pattern], message: str, lines: tuple[str, ...], **fields: str
) -> Iterator[Diagnosis]:
    """Diagnoses by the patterns that match a message, in the order of the patterns.

    `lines` show the failure to the user. `fields` are further fields of the sentences.
    """
    for pattern in patterns:
        match = re.search(pattern.expression, message)
        if match is None:
            continue
        # Optional groups that did not take part are empty.
        values = dict(fields)
        for name, value in match.groupdict("").items():
            values[name] = value.strip()
        yield Diagnosis(
            pattern.cause,
            pattern.sentence.format(**values),
            lines,
            pattern.help.format(**values),
            pattern.rule,
        )
