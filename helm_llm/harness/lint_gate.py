"""The lint gate: a chart is not installed if lint finds an error in its values."""

from __future__ import annotations

import io
from functools import partial

from helm_llm.harness.context import Context
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.lint.options import load_config
from helm_llm.lint.render import RenderOptions, render_with_values, start_renders
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import report_writer
from helm_llm.lint.rule import Severity
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import configured_rules
from helm_llm.lint.targets.target import Target


def lint_chart(context: Context, release: str, target: Target) -> str:
    """Lint a chart with its values and .helm-llm.yaml; raises Failed on errors."""
    report = _lint(context, release, target)
    errors = report.count(Severity.ERROR)
    if errors:
        plural = "s" if errors > 1 else ""
        sentence = f"helm llm lint finds {errors} error{plural} in the values"
        help = "correct the values, or pass --no-lint"
        diagnosis = Diagnosis("lint", sentence, _report_lines(report), help)
        raise Failed(sentence, diagnosis)
    warnings = report.count(Severity.WARNING)
    if not warnings:
        return "no findings"
    return f"{warnings} warning{'s' * (warnings > 1)}"


def _lint(context: Context, release: str, target: Target) -> Report:
    helm, options, config = context.tools.helm, RenderOptions(release), load_config()
    again = partial(render_with_values, helm, options)
    run = Run(
        configured_rules(RULES, config),
        helm.version,
        facts=config.facts,
        render_again=again,
    )
    # One target has one rendering.
    (rendering,) = start_renders(helm, [target], options)
    run.lint(target, rendering)
    return run.report()


def _report_lines(report: Report) -> tuple[str, ...]:
    out = io.StringIO()
    report_writer("text")(report, out)
    return tuple(out.getvalue().rstrip().splitlines())
