"""Rules of the area image."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.image.image_tag_floating import image_tag_floating
from helm_llm.lint.rules.image.image_tag_inside_repository import (
    image_tag_inside_repository,
)
from helm_llm.lint.rules.image.pull_secret_absent import pull_secret_absent

RULES: tuple[Rule[Any], ...] = (
    image_tag_floating,
    image_tag_inside_repository,
    pull_secret_absent,
)
