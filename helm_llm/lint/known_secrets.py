"""Registers the secrets that a run reads, so that all output masks them.

Each function only notes where to look. The search is done once there is output to mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helm_llm import masking
from helm_llm.document.document import Document
from helm_llm.masking.secret import Secret
from helm_llm.set_option import SetOption
from helm_llm.values.chart import Chart


def register_document(document: Document) -> None:
    """Mask the secrets of a document from now on."""
    masking.learn(lambda: _secrets_in_document(document))


def register_chart(chart: Chart) -> None:
    """Mask the secrets of a chart's defaults; its keys and other defaults are ordinary words."""
    register_document(chart.defaults)
    masking.learn_ordinary(lambda: _ordinary_words(chart.defaults))


def register_options(options: Sequence[SetOption]) -> None:
    """Mask the values of options for keys that are meant for secrets."""
    if options:
        masking.learn(lambda: _secrets_in_options(options))


def _secrets_in_document(document: Document) -> Iterable[Secret]:
    from helm_llm.lint.secret_spans import secrets_of

    return secrets_of(document)


def _ordinary_words(defaults: Document) -> Iterable[str]:
    from helm_llm.lint.secret_spans import keys, ordinary_values

    return [*keys(defaults), *ordinary_values(defaults)]


def _secrets_in_options(options: Iterable[SetOption]) -> Iterable[Secret]:
    from helm_llm.masking.expression import secrets_of_option

    return [secret for option in options for secret in secrets_of_option(option)]
