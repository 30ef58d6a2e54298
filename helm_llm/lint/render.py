"""`helm template` in the background: it takes as long as all of our own work, so it starts first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from helm_llm import inputs
from helm_llm.lint.targets.target import Target
from helm_llm.process import Ahead, Running
from helm_llm.set_option import Option
from helm_llm.tools.helm import Helm, local_path
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.chart_schemas import are_self_contained

ASSUMED_RELEASE = "release-name"
"""The name of a release that nobody named."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What the command line tells `helm template` beside the values; it beats what a target says."""

    release: str = ""
    arguments: tuple[str, ...] = ()


def start_renders(
    helm: Helm, targets: Sequence[Target], options: RenderOptions
) -> Ahead:
    """The `helm template` of each target in order, as many ahead as there are processors."""
    for chart in dict.fromkeys(target.chart for target in targets):
        refuse_bad_links(chart)
    calls = (
        lambda target=target: _start(helm, target, options, value_arguments(target))
        for target in targets
    )
    return Ahead(calls, os.cpu_count() or 1)


def _start(
    helm: Helm,
    target: Target,
    options: RenderOptions,
    values: Iterable[str],
    stdin: str | None = None,
) -> Running:
    release = options.release or target.release or ASSUMED_RELEASE
    chart = target.archive or target.chart
    # We validate as well, and fetch nothing.
    schemas = () if are_self_contained(chart) else ("--skip-schema-validation",)
    arguments = (*target.arguments, *options.arguments, *schemas, *values)
    return helm.template(release, chart, arguments, stdin)


def render_with_values(
    helm: Helm, options: RenderOptions, target: Target, values: str
) -> Running:
    """The chart of a target with other values, those of one file's text."""
    return _start(helm, target, options, ["--values=-"], values)


def value_arguments(target: Target) -> Iterator[str]:
    """Values files and options as Helm takes them."""
    # `--flag=value` in one word: Helm then takes a value that begins with a dash as a value
    yield from (
        f"--values={_csv(local_path(inputs.for_programs(file, 'the values file')))}"
        for file in target.files
    )
    yield from (f"{option.flag}={_text(option)}" for option in target.options)


_FILE = re.compile(r"(?<=[=,{])[^=,\\{}]+(?=[,}]|$)")
"""What may be the name of a file in `a=FILE,b={FILE,FILE}`."""


def _text(option: Option) -> str:
    """With names under which Helm reads what we read."""
    if option.flag != "--set-file":
        return option.text
    return _FILE.sub(lambda match: inputs.for_programs(match[0]), option.text)


def _csv(file: str) -> str:
    """Helm splits -f at commas, as CSV."""
    return '"' + file.replace('"', '""') + '"' if set(file) & set(',"') else file
