"""Fetching, rendering and installing a chart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from helm_llm.document.reader import read_document
from helm_llm.errors import ChartError, ToolError, UsageError
from helm_llm.harness.causes.install import install_refusal
from helm_llm.harness.context import Context
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.lint.known_secrets import (
    register_chart,
    register_document,
    register_options,
)
from helm_llm.lint.render import value_arguments
from helm_llm.lint.targets.pull import is_remote, pull_archive
from helm_llm.lint.targets.target import Target
from helm_llm.manifests.manifests import manifests_of
from helm_llm.process import CommandFailed
from helm_llm.tools.helm import Helm
from helm_llm.typed import Object
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import Values, layer

HOOK_SECONDS = 300
PULL_SECONDS = 600


def install_chart(context: Context, release: str, target: Target) -> str:
    """Run `helm upgrade --install`; return the chart.

    Raises Failed with the cause if Helm or the API server refuses the chart.
    """
    context.progress(f"helm upgrade --install {release} {target.chart}")
    arguments = list(value_arguments(target))
    completed = context.releases.install(release, target.chart, arguments, HOOK_SECONDS)
    if completed.code:
        # The chart is not to blame for this one. Helm spells it in both cases.
        if "luster unreachable" in completed.stderr:
            raise CommandFailed(completed)
        diagnosis = _diagnose(release, completed.stderr)
        raise Failed(f"helm could not install {target.chart}", diagnosis)
    return target.chart


def render_objects(
    context: Context, release: str, target: Target
) -> tuple[Object, ...]:
    """Render the chart with its values; raises Failed with the cause."""
    arguments = list(value_arguments(target))
    completed = context.releases.template(release, target.chart, arguments)
    manifests = manifests_of(completed)
    if manifests.error is not None:
        raise Failed("helm template failed", _diagnose(release, manifests.error))
    return manifests.objects


def _diagnose(release: str, helm_output: str) -> Diagnosis | None:
    evidence = Evidence(release=release, helm=helm_output)
    return next(install_refusal(evidence), None)


def merge_values(context: Context, target: Target) -> Values:
    """Merge the values as Helm does, and learn the secrets among them for masking."""
    version = context.tools.helm.version
    files = [read_document(file, helm_major=version[0]) for file in target.files]
    chart = load_chart(target.chart)
    register_chart(chart)
    for file in files:
        register_document(file)
    register_options(target.options)
    return layer(chart, files, target.options, helm_version=version)


def fetch_chart(helm: Helm, chart: str, version: str) -> str:
    """Return the path of a chart, pulled if it is in a repository or registry."""
    if Path(chart).exists():
        refuse_bad_links(chart)
        return chart
    if not is_remote(chart):
        raise UsageError(
            f"there is no chart {chart} here: "
            "name a directory, an archive, repo/name or oci://..."
        )
    try:
        archive = pull_archive(replace(helm, seconds=PULL_SECONDS), chart, version)
    except ChartError as error:
        # A registry that does not answer is not a mistake on the command line.
        raise ToolError(str(error)) from error
    return str(archive)


def fetch_older_chart(helm: Helm, chart: str, older: str) -> str:
    """Return the path of the chart to upgrade from.

    `older` is a path, or a version in the repository of the chart.
    """
    if Path(older).exists():
        return fetch_chart(helm, older, "")
    if Path(chart).exists():
        raise UsageError(
            f"--upgrade-from {older} is not a path, and {chart} does not come from a "
            "repository that could have that version: "
            "name the directory or archive of the older chart"
        )
    return fetch_chart(helm, chart, older)
