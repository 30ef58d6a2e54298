"""Tells the masking what a run reads; it is looked through when there is something to show, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helm_llm import masking
from helm_llm.document.document import Document
from helm_llm.masking.secret import Secret
from helm_llm.set_option import Option
from helm_llm.values.chart import Chart


def register_document(document: Document) -> None:
    """Mask the secrets of a document from now on."""
    masking.learn(lambda: _of_document(document))


def register_chart(chart: Chart) -> None:
    """Mask the secrets of a chart's defaults; its keys and other defaults are ordinary words."""
    register_document(chart.defaults)
    masking.learn_ordinary(lambda: _ordinary(chart.defaults))


def register_options(options: Sequence[Option]) -> None:
    """Mask what these options set at keys made for secrets."""
    if options:
        masking.learn(lambda: _of_options(options))


def _of_document(document: Document) -> Iterable[Secret]:
    from helm_llm.lint.secret_spans import secrets_of

    return secrets_of(document)


def _ordinary(defaults: Document) -> Iterable[str]:
    from helm_llm.lint.secret_spans import keys, ordinary_values

    return [*keys(defaults), *ordinary_values(defaults)]


def _of_options(options: Iterable[Option]) -> Iterable[Secret]:
    from helm_llm.masking.expression import secrets_of

    return [secret for option in options for secret in secrets_of(option)]
