"""Formats of the report; only these modules of the harness print."""

from collections.abc import Callable, Mapping
from typing import TextIO

from helm_llm.harness.reporters import json, junit, text
from helm_llm.harness.result import RunResult

REPORTERS: Mapping[str, Callable[[RunResult, TextIO], None]] = {
    "text": text.report,
    "json": json.report,
    "junit": junit.report,
}
