"""The lint gate: what lint calls an error is not installed."""

from __future__ import annotations

import io
from functools import partial

from helm_llm.harness.context import Site
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.lint.command import configuration
from helm_llm.lint.render import RenderOptions, render_again, renders
from helm_llm.lint.reporters import reporter
from helm_llm.lint.rule import Severity
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import chosen
from helm_llm.lint.targets.target import Target


def lint(site: Site, release: str, target: Target) -> str:
    """Lint a chart with its values, by the rules of .helm-llm.yaml; raises Failed on errors."""
    helm, options, config = site.tools.helm, RenderOptions(release), configuration()
    again = partial(render_again, helm, options)
    run = Run(chosen(RULES, config), helm.version, facts=config.facts, again=again)
    (rendering,) = renders(helm, [target], options)
    run.lint(target, rendering)
    report = run.report()
    errors = report.count(Severity.ERROR)
    if errors:
        out = io.StringIO()
        reporter("text")(report, out)
        sentence = (
            f"helm llm lint finds {errors} error{'s' * (errors > 1)} in the values"
        )
        lines = tuple(out.getvalue().rstrip().splitlines())
        raise Failed(
            sentence,
            Diagnosis("lint", sentence, lines, "correct the values, or pass --no-lint"),
        )
    warnings = report.count(Severity.WARNING)
    return f"{warnings} warning{'s' * (warnings > 1)}" if warnings else "no findings"
