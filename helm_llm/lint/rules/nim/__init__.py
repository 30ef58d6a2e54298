"""Rules of the area nim."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.nim.model_name_differs_from_image import (
    model_name_differs_from_image,
)
from helm_llm.lint.rules.nim.ngc_key_without_pull_secret import (
    ngc_key_without_pull_secret,
)
from helm_llm.lint.rules.nim.ngc_secret_absent import ngc_secret_absent

RULES: tuple[Rule[Any], ...] = (
    model_name_differs_from_image,
    ngc_key_without_pull_secret,
    ngc_secret_absent,
)
