"""`helm llm lint`: from options to an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

import click

from helm_llm.lint.options import LintOptions
from helm_llm.lint.output import write_reports
from helm_llm.lint.progress import progress
from helm_llm.lint.render import render_with_values, start_renders

if TYPE_CHECKING:
    from helm_llm.lint.fixes.changes import Changes
    from helm_llm.lint.report import Report
    from helm_llm.process import Running

__all__ = ["LintOptions", "lint"]


def lint(options: LintOptions) -> int:
    """Lint every target and write the reports, after fixing files if requested.

    Returns the exit code.
    """
    report = _lint_targets(options)
    if options.diff or options.fix:
        changes = _plan_changes(report, options)
        if options.diff:
            return _print_diff(changes)
        changes.write()
        click.echo(f"fixed {changes}", err=True)
        if changes.changes:
            report = _lint_targets(options)
    write_reports(report, options.outputs)
    if options.fail_on == "never":
        return report.exit_code(None)
    from helm_llm.lint.rule import Severity

    return report.exit_code(Severity[options.fail_on.upper()])


def _plan_changes(report: Report, options: LintOptions) -> Changes:
    from helm_llm.lint.fixes.changes import plan_changes
    from helm_llm.lint.run import ASSUMED_HELM

    version = options.helm.version if options.helm else ASSUMED_HELM
    return plan_changes(report.findings, helm_major=version[0])


def _print_diff(changes: Changes) -> int:
    """Print what --fix would do; returns 1 if there is something to do."""
    click.echo("".join(change.diff for change in changes.changes), nl=False)
    click.echo(f"--fix would fix {changes}", err=True)
    return int(bool(changes.changes))


def _lint_targets(options: LintOptions) -> Report:
    helm = options.helm
    config = options.config
    targets = options.targets
    version = render_again = None
    renders: Iterable[Running | None] = repeat(None)
    if helm:
        version = helm.version
        renders = start_renders(helm, targets, options.render)
        render_again = partial(render_with_values, helm, options.render)
    # Imported while Helm works: these modules take half of our own time.
    from helm_llm.lint.rules import RULES
    from helm_llm.lint.run import Run
    from helm_llm.lint.selection import configured_rules

    rules = configured_rules(RULES, config, options.select, options.ignore)
    run = Run(rules, version, config.facts, render_again)
    pairs = zip(targets, renders, strict=False)
    for target, rendering in progress(pairs, len(targets)):
        run.lint(target, rendering)
    return _hide_known(run.report(), options)


def _hide_known(report: Report, options: LintOptions) -> Report:
    """The report without the findings in the baseline, which --write-baseline writes first."""
    if options.baseline is None:
        return report
    from helm_llm.lint import baseline

    if options.write_baseline:
        baseline.write_baseline(report, options.write_baseline)
    return baseline.hide_known(report, options.baseline)
