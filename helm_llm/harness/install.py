"""Installing a chart, also over an older version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from helm_llm.document.document import read
from helm_llm.errors import UsageError
from helm_llm.harness.causes.install import install_refused
from helm_llm.harness.context import Site
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Failed
from helm_llm.lint.known_secrets import learn, learn_chart, learn_options
from helm_llm.lint.render import value_arguments
from helm_llm.lint.targets.pull import is_elsewhere
from helm_llm.lint.targets.target import Target
from helm_llm.manifests.manifests import rendered
from helm_llm.process import CommandFailed
from helm_llm.values.chart import load
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.layers import Values, layer

Object = Mapping[str, Any]

HOOK_SECONDS = 300


def install(site: Site, release: str, target: Target) -> str:
    """`helm upgrade --install`; raises Failed with the reason when Helm or the API server refuses."""
    site.say(f"helm upgrade --install {release} {target.chart}")
    completed = site.releases.install(
        release, target.chart, list(value_arguments(target)), HOOK_SECONDS
    )
    if completed.code:
        if "luster unreachable" in completed.stderr:  # not the chart's doing
            raise CommandFailed(completed)
        causes = install_refused(Evidence(release=release, helm=completed.stderr))
        raise Failed(f"helm could not install {target.chart}", next(causes, None))
    return target.chart


def objects_of(site: Site, release: str, target: Target) -> tuple[Object, ...]:
    """What the chart renders to with these values."""
    manifests = rendered(
        site.releases.template(release, target.chart, list(value_arguments(target)))
    )
    if manifests.error is not None:
        causes = install_refused(Evidence(release=release, helm=manifests.error))
        raise Failed("helm template failed", next(causes, None))
    return manifests.objects


def values_of(site: Site, target: Target) -> Values:
    """The merged values."""
    version = site.tools.helm.version
    files = [read(file, helm_major=version[0]) for file in target.files]
    chart = load(target.chart)
    learn_chart(chart)
    for file in files:
        learn(file)
    learn_options(target.options)
    return layer(chart, files, target.options, helm_version=version)


def fetched(site: Site, target: Target, version: str, directory: Path) -> Target:
    """A chart of a repository or registry as a file here; a chart that is here stays where it is."""
    if Path(target.chart).exists():
        refuse_bad_links(target.chart)
        return target
    if not is_elsewhere(target.chart):
        raise UsageError(
            f"there is no chart {target.chart} here: name a directory, an archive, repo/name or oci://..."
        )
    place = directory / f"chart-{version or 'newest'}"
    place.mkdir(exist_ok=True)
    site.releases.pull(target.chart, version, str(place))
    return replace(target, chart=str(next(place.glob("*.tgz"))))


def older(site: Site, target: Target, given: str, directory: Path) -> Target:
    """The chart to upgrade from: a path, or a version of the chart's own repository."""
    if Path(given).exists():
        return replace(target, chart=given)
    if Path(target.chart).exists():
        raise UsageError(
            f"--upgrade-from {given} is no path, and {target.chart} comes from no repository that could have that "
            "version: name the older chart's directory or archive"
        )
    return fetched(site, target, given, directory)
