"""The options of `helm llm lint`, from the command line and the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm import inputs
from helm_llm.duration import seconds_of
from helm_llm.errors import UsageError
from helm_llm.lint.config.config import Config, FailOn, find_config
from helm_llm.lint.output import Output, parse_outputs, refuse_inputs
from helm_llm.lint.render import RenderOptions
from helm_llm.lint.targets.named_files import has_files, targets_of
from helm_llm.lint.targets.pull import pull_charts
from helm_llm.lint.targets.target import Target, find_targets
from helm_llm.names import release_name
from helm_llm.set_option import FLAGS, SetOption
from helm_llm.tools.helm import Helm, find_helm

Parameters = Mapping[str, Any]
"""The parameters of the click command, named as its flags are."""


@dataclass(frozen=True, slots=True)
class LintOptions:
    """The options of one lint. The command line takes precedence over the configuration."""

    targets: tuple[Target, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: FailOn
    outputs: tuple[Output, ...]
    helm: Helm | None
    render: RenderOptions
    config: Config
    baseline: str | None
    write_baseline: str | None
    fix: bool
    diff: bool

    @classmethod
    def of(cls, options: Parameters) -> LintOptions:
        """Check and resolve the parameters of the click command."""
        seconds = seconds_of(options["timeout"], "--timeout")
        inputs.wait_at_most(seconds)
        files = split_values_flags(options["values"])
        settings = tuple(set_options(options))
        config = load_config(options["config"])
        targets = _targets(options, files, settings, config)
        release = options["release_name"] and release_name(options["release_name"])
        outputs = parse_outputs(options["format_"], options["output"])
        _refuse_overwriting(options, targets, outputs)
        pulled = pull_charts(
            targets, options["version"], offline=options["offline"], seconds=seconds
        )
        baseline = options["baseline"] or options["write_baseline"]
        return cls(
            targets=tuple(pulled),
            select=options["select"],
            ignore=options["ignore"],
            fail_on=options["fail_on"] or config.fail_on or "error",
            outputs=outputs,
            helm=None if options["no_render"] else find_helm(seconds),
            render=RenderOptions(release or "", tuple(_render_arguments(options))),
            config=config,
            baseline=baseline or config.baseline,
            write_baseline=options["write_baseline"],
            fix=options["fix"],
            diff=options["diff"],
        )


def _targets(
    options: Parameters,
    files: tuple[str, ...],
    settings: tuple[SetOption, ...],
    config: Config,
) -> tuple[Target, ...]:
    charts = options["charts"]
    each = options["each"]
    if has_files(charts) and not each:
        return targets_of(charts, Target("", files, settings), config.targets)
    if config.targets and not any((charts, files, settings, each)):
        return config.targets
    return find_targets(charts, files, settings, each)


def _refuse_overwriting(
    options: Parameters, targets: Sequence[Target], outputs: Sequence[Output]
) -> None:
    written = [*(output.file for output in outputs), options["write_baseline"]]
    read = [file for file in (options["config"], options["baseline"]) if file]
    for target in targets:
        read += [*target.files, target.chart]
        for name in ("Chart.yaml", "values.yaml", "values.schema.json"):
            read.append(str(Path(target.chart, name)))
    refuse_inputs(written, read)


def load_config(given: str | None = None) -> Config:
    """The configuration in this file, or in the nearest one."""
    file = given or find_config()
    if file is None:
        return Config()
    # Takes as long to import as the rules, and few runs have a configuration.
    from helm_llm.lint.config.reader import read_config

    return read_config(file)


def split_values_flags(given: Sequence[str]) -> tuple[str, ...]:
    """The files of -f, split as Helm does: at commas, as the first record of a CSV file.

    UsageError for what Helm refuses, and for addresses.
    """
    files = tuple(file for value in given for file in _split_csv(value))
    for file in files:
        if "://" in file:
            raise UsageError(
                f"-f {file}: values are only read from files; download it first"
            )
        if _CONTROL.search(file):
            raise UsageError(f"-f {file!r}: Helm refuses names with control characters")
    return files


_NAME = r'"(?:[^"]|"")*"|[^",\n]*'
_RECORD = re.compile(rf"((?:{_NAME})(?:,(?:{_NAME}))*)(?:\n.*)?", re.DOTALL)
_NAME_IN_RECORD = re.compile(rf"(?:^|,)({_NAME})")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def _split_csv(value: str) -> Iterator[str]:
    record = _RECORD.fullmatch(value)
    if record is None:
        raise UsageError(
            f"-f {value}: put quotes around a name with a comma, -f '\"a,b.yaml\"', and double the quotes inside it"
        )
    if not value:
        return
    for name in _NAME_IN_RECORD.findall(record[1]):
        if name.startswith('"'):
            yield name[1:-1].replace('""', '"')
        else:
            yield name


def set_options(options: Parameters) -> Iterator[SetOption]:
    """Every --set and its siblings, in the order in which Helm applies them."""
    for flag in FLAGS:
        parameter = flag.removeprefix("--").replace("-", "_")
        for text in options[parameter]:
            yield SetOption(flag, text)


def _render_arguments(options: Parameters) -> Iterator[str]:
    if options["namespace"]:
        yield f"--namespace={options['namespace']}"
    if options["kube_version"]:
        yield f"--kube-version={options['kube_version']}"
    for version in options["api_versions"]:
        yield f"--api-versions={version}"
