"""`helm template` in the background: it takes as long as our own work, so it starts first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from helm_llm import inputs
from helm_llm.lint.targets.target import Target
from helm_llm.process import Ahead, Running
from helm_llm.set_option import SetOption
from helm_llm.tools.helm import Helm, local_path
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.chart_schemas import has_self_contained_schemas

ASSUMED_RELEASE = "release-name"
"""The release name if none is given; the same as that of `helm template`."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Options of the command line for `helm template`; they override those of a target."""

    release: str = ""
    arguments: tuple[str, ...] = ()


def start_renders(
    helm: Helm, targets: Sequence[Target], options: RenderOptions
) -> Ahead:
    """The `helm template` of each target in order; one per processor runs ahead."""
    for chart in dict.fromkeys(target.chart for target in targets):
        refuse_bad_links(chart)
    calls = (
        lambda target=target: _start(helm, target, options, value_arguments(target))
        for target in targets
    )
    return Ahead(calls, os.cpu_count() or 1)


def render_with_values(
    helm: Helm, options: RenderOptions, target: Target, values: str
) -> Running:
    """The `helm template` of a target with the text of one values file as all its values."""
    return _start(helm, target, options, ["--values=-"], values)


def _start(
    helm: Helm,
    target: Target,
    options: RenderOptions,
    values: Iterable[str],
    stdin: str | None = None,
) -> Running:
    release = options.release or target.release or ASSUMED_RELEASE
    chart = target.archive or target.chart
    arguments = [*target.arguments, *options.arguments]
    # Helm would fetch parts of such a schema. The rule `schema` reports it instead.
    if not has_self_contained_schemas(chart):
        arguments.append("--skip-schema-validation")
    return helm.template(release, chart, (*arguments, *values), stdin)


def value_arguments(target: Target) -> Iterator[str]:
    """Values files and options as arguments of Helm."""
    # As `--flag=value` in one word, a value that begins with a dash is not taken for a flag.
    for file in target.files:
        readable = local_path(inputs.for_programs(file, "the values file"))
        yield f"--values={_quoted_for_csv(readable)}"
    for option in target.options:
        yield f"{option.flag}={_option_text(option)}"


_FILE = re.compile(r"(?<=[=,{])[^=,\\{}]+(?=[,}]|$)")
"""What may be the name of a file in `a=FILE,b={FILE,FILE}`."""


def _option_text(option: SetOption) -> str:
    """The option, with file names under which Helm reads the same content."""
    if option.flag != "--set-file":
        return option.text
    return _FILE.sub(lambda match: inputs.for_programs(match[0]), option.text)


def _quoted_for_csv(file: str) -> str:
    """Helm splits the value of -f at commas, as CSV."""
    if not set(file) & set(',"'):
        return file
    doubled = file.replace('"', '""')
    return f'"{doubled}"'
