"""How a report is printed: one module per format."""

from collections.abc import Callable, Mapping
from typing import TextIO

from helm_llm.lint.report import Report
from helm_llm.lint.reporters import json, text

Reporter = Callable[[Report, TextIO], None]

REPORTERS: Mapping[str, Reporter] = {"text": text.write, "json": json.write}
