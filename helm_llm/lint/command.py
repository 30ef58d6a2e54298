"""`helm llm lint`: from options to an exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helm_llm import inputs
from helm_llm.duration import seconds_of
from helm_llm.errors import UsageError
from helm_llm.lint.config.config import Config, find_config
from helm_llm.lint.output import Output, parse_outputs, refuse_inputs, write_reports
from helm_llm.lint.progress import progress
from helm_llm.lint.render import RenderOptions, render_with_values, start_renders
from helm_llm.lint.targets.named_files import has_files, targets_of
from helm_llm.lint.targets.pull import pull_charts
from helm_llm.lint.targets.target import Target, find_targets
from helm_llm.names import release_name
from helm_llm.set_option import FLAGS, Option
from helm_llm.tools.helm import Helm, find_helm

if TYPE_CHECKING:
    from helm_llm.lint.fixes.changes import Changes
    from helm_llm.lint.report import Report


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What the command line asked for, and where it says nothing the configuration."""

    targets: tuple[Target, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str
    outputs: tuple[Output, ...]
    helm: Helm | None
    render: RenderOptions
    config: Config
    baseline: str | None
    write_baseline: str | None
    fix: bool
    diff: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> LintOptions:
        """From the parameters of the click command, named as its flags are."""
        seconds = seconds_of(options["timeout"], "--timeout")
        inputs.wait_at_most(seconds)
        files, settings = (
            split_values_flags(options["values"]),
            tuple(set_options(options)),
        )
        config = load_config(options["config"])
        wanted = _targets(options["charts"], files, settings, options["each"], config)
        release = options["release_name"] and release_name(options["release_name"])
        wanted_outputs = parse_outputs(options["format_"], options["output"])
        read_config = [
            options["config"],
            options["baseline"],
            *(file for target in wanted for file in _read_by(target)),
        ]
        refuse_inputs(
            [*(one.file for one in wanted_outputs), options["write_baseline"]],
            filter(None, read_config),
        )
        return cls(
            targets=tuple(
                pull_charts(
                    wanted,
                    options["version"],
                    offline=options["offline"],
                    seconds=seconds,
                )
            ),
            select=options["select"],
            ignore=options["ignore"],
            fail_on=options["fail_on"] or config.fail_on or "error",
            outputs=wanted_outputs,
            helm=None if options["no_render"] else find_helm(seconds),
            render=RenderOptions(release or "", tuple(_render_arguments(options))),
            config=config,
            baseline=options["baseline"]
            or options["write_baseline"]
            or config.baseline,
            write_baseline=options["write_baseline"],
            fix=options["fix"],
            diff=options["diff"],
        )


def _targets(
    charts: Sequence[str],
    files: tuple[str, ...],
    settings: tuple[Option, ...],
    each: Sequence[str],
    config: Config,
) -> tuple[Target, ...]:
    if has_files(charts) and not each:
        return targets_of(charts, Target("", files, settings), config.targets)
    if config.targets and not any((charts, files, settings, each)):
        return config.targets
    return find_targets(charts, files, settings, each)


def _read_by(target: Target) -> Iterator[str]:
    """Values files, and of the chart what a report could be mistaken for."""
    yield from target.files
    yield target.chart
    yield from (
        str(Path(target.chart, name))
        for name in ("Chart.yaml", "values.yaml", "values.schema.json")
    )


def load_config(given: str | None = None) -> Config:
    """What this file says, else the nearest one."""
    file = given or find_config()
    if file is None:
        return Config()
    from helm_llm.lint.config.reader import (
        read_config,
    )  # as much to import as the rules, and few runs have a configuration

    return read_config(file)


def split_values_flags(given: Sequence[str]) -> tuple[str, ...]:
    """The files of -f, which Helm splits at commas, as the first record of a CSV file; UsageError where it refuses."""
    files = tuple(file for value in given for file in _split(value))
    for file in files:
        if "://" in file:
            raise UsageError(
                f"-f {file}: values are read from files here; download it first"
            )
        if _CONTROL.search(file):
            raise UsageError(f"-f {file!r}: Helm refuses names with control characters")
    return files


_NAME = r'"(?:[^"]|"")*"|[^",\n]*'
_RECORD = re.compile(rf"((?:{_NAME})(?:,(?:{_NAME}))*)(?:\n.*)?", re.DOTALL)
_NAME_IN_RECORD = re.compile(rf"(?:^|,)({_NAME})")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def _split(value: str) -> Iterator[str]:
    record = _RECORD.fullmatch(value)
    if record is None:
        raise UsageError(
            f"-f {value}: quotes enclose a name with a comma in it, -f '\"a,b.yaml\"', and are doubled inside"
        )
    for name in _NAME_IN_RECORD.findall(record[1]) if value else ():
        yield name[1:-1].replace('""', '"') if name.startswith('"') else name


def set_options(options: Mapping[str, Any]) -> Iterator[Option]:
    """Every --set and its siblings, in the order in which Helm applies them."""
    for flag in FLAGS:
        yield from (
            Option(flag, text)
            for text in options[flag.removeprefix("--").replace("-", "_")]
        )


def _render_arguments(options: Mapping[str, Any]) -> Iterator[str]:
    if options["namespace"]:
        yield f"--namespace={options['namespace']}"
    if options["kube_version"]:
        yield f"--kube-version={options['kube_version']}"
    yield from (f"--api-versions={version}" for version in options["api_versions"])


def lint(options: LintOptions) -> int:
    """Lint every target and write the report, or mend the files first; returns the exit code."""
    report = _report(options)
    if options.diff or options.fix:
        from helm_llm.lint.fixes.changes import plan_changes
        from helm_llm.lint.run import ASSUMED_HELM

        helm = options.helm.version if options.helm else ASSUMED_HELM
        changed = plan_changes(report.findings, helm_major=helm[0])
        if options.diff:
            return _show(changed)
        changed.write()
        click.echo(f"fixed {changed}", err=True)
        report = _report(options) if changed.changes else report
    from helm_llm.lint.rule import Severity

    write_reports(report, options.outputs)
    return report.exit_code(
        None if options.fail_on == "never" else Severity[options.fail_on.upper()]
    )


def _show(changed: Changes) -> int:
    """Print what --fix would do; 1 when there is something."""
    click.echo("".join(change.diff for change in changed.changes), nl=False)
    click.echo(f"--fix would fix {changed}", err=True)
    return int(bool(changed.changes))


def _report(options: LintOptions) -> Report:
    helm = options.helm
    rendering = (
        start_renders(helm, options.targets, options.render) if helm else repeat(None)
    )
    # only now, while Helm works: these imports are half of our own time
    from helm_llm.lint.rules import RULES
    from helm_llm.lint.run import Run
    from helm_llm.lint.selection import configured_rules

    config = options.config
    rules = configured_rules(RULES, config, options.select, options.ignore)
    again = partial(render_with_values, helm, options.render) if helm else None
    run = Run(rules, helm.version if helm else None, config.facts, again)
    for target, render in progress(
        zip(options.targets, rendering, strict=False), len(options.targets)
    ):
        run.lint(target, render)
    return _compared(run.report(), options)


def _compared(report: Report, options: LintOptions) -> Report:
    """The report without the findings of the baseline, which is written first where that is asked for."""
    if options.baseline is None:
        return report
    from helm_llm.lint import baseline

    if options.write_baseline:
        baseline.write_baseline(report, options.write_baseline)
    return baseline.hide_known(report, options.baseline)
