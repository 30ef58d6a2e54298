"""Rules of the area probes."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.probes.liveness_before_startup import liveness_before_startup
from helm_llm.lint.rules.probes.probe_behind_api_key import probe_behind_api_key
from helm_llm.lint.rules.probes.probe_path_foreign import probe_path_foreign
from helm_llm.lint.rules.probes.probes_disabled import probes_disabled
from helm_llm.lint.rules.probes.startup_budget_too_short import startup_budget_too_short

RULES: tuple[Rule[Any], ...] = (
    liveness_before_startup,
    probe_behind_api_key,
    probe_path_foreign,
    probes_disabled,
    startup_budget_too_short,
)
