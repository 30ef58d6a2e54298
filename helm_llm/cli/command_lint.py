"""Options and help of `helm llm lint`."""

from __future__ import annotations

from typing import Any

import click

from helm_llm.cli.failures import require_working_directory
from helm_llm.cli.shared_options import (
    chart_version_option,
    ignored_helm_flags,
    set_options,
)
from helm_llm.lint.reporters import FORMATS


@click.command()
@click.argument("charts", nargs=-1, metavar="[CHART|FILE]...")
@click.option(
    "-f",
    "--values",
    multiple=True,
    metavar="FILE",
    help="Values file; can be repeated, later files win.",
)
@set_options
@click.option(
    "--each",
    multiple=True,
    metavar="GLOB",
    help="Lint once per matching file, with that file as the last -f.",
)
@click.option(
    "--no-render",
    is_flag=True,
    help="Do not run `helm template`; skips the rules on manifests.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Only run these rules: ids, prefixes (gpu-*) or areas (storage).",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULES",
    help="Skip these rules.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    metavar="SEVERITY",
    help=(
        "Lowest severity that makes the command exit with 1: error (the default), "
        "warning, info or never."
    ),
)
@click.option(
    "--format",
    "format_",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=(
        f"Report format: {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; defaults to "
        f"{FORMATS[0]}. Printed, or written to FILE. Can be repeated."
    ),
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the report to FILE instead of standard output.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Fix findings that have exactly one safe fix in your values files.",
)
@click.option(
    "--diff",
    is_flag=True,
    help="Show the changes that --fix would make, without making them.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Do not pull charts from repositories or registries.",
)
@chart_version_option
@click.option(
    "--config",
    metavar="FILE",
    help="Configuration file; defaults to the nearest .helm-llm.yaml.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="Hide the findings that are recorded in FILE.",
)
@click.option(
    "--write-baseline",
    metavar="FILE",
    help="Record all current findings in FILE.",
)
@click.option(
    "--timeout",
    default="60s",
    show_default=True,
    metavar="DURATION",
    help="Time limit for each run of Helm and for reading each pipe.",
)
@click.option(
    "--release-name",
    metavar="NAME",
    help='Release name for rendering; defaults to "release-name".',
)
@click.option(
    "-n",
    "--namespace",
    metavar="NAME",
    help="Namespace for rendering.",
)
@click.option(
    "--kube-version",
    metavar="VERSION",
    help="Kubernetes version for rendering.",
)
@click.option(
    "-a",
    "--api-versions",
    multiple=True,
    metavar="VERSIONS",
    help="Kubernetes API versions for rendering.",
)
@ignored_helm_flags
def lint(**options: Any) -> int:
    """Lint charts together with their values.

    CHART is a chart directory or archive, repo/name, oci://..., or a directory
    of charts. Every chart in a directory of charts is linted with its defaults
    and with each of its ci/*-values.yaml. Without CHART, lints the targets of
    .helm-llm.yaml, or else the current directory.

    FILE is a values file, or another file of a chart, to lint on its own. It is
    linted with the chart named before it. Without such a chart, it is linted
    with the .helm-llm.yaml targets that read it, or else with the chart that
    contains it.

    Exits with 1 if there are findings (see --fail-on), with 2 for wrong usage
    or an unreadable file, and with 3 if Helm is missing or fails.

    \b
    Examples:
      helm llm lint charts/vllm -f values.yaml
      helm llm lint charts/vllm -f base.yaml -f prod.yaml --set replicaCount=2
      helm llm lint charts/vllm -f prod.yaml --diff
    """
    from helm_llm import inputs, process
    from helm_llm.lint import command

    require_working_directory()
    try:
        return command.lint(command.LintOptions.of(options))
    except (process.TimedOut, inputs.NoEnd) as error:
        error.args = (f"{error}; raise the limit with --timeout",)
        raise
    finally:
        # Helm may still run in the background, for instance after a wrong option.
        process.terminate_all()
        inputs.forget()
