"""The fixtures of the pytest plugin; pytest-helm-charts is there when this is imported."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from helm_llm.errors import HelmLlmError
from helm_llm.harness import ledger as ledgers
from helm_llm.harness.causes import diagnose
from helm_llm.harness.chart_case import Terms, install_chart
from helm_llm.harness.cluster import RUN_LABEL, Wanted, prepared, settle
from helm_llm.harness.context import Site, find_tools
from helm_llm.harness.created import Namespace
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.release import Release, find
from helm_llm.harness.release_case import Case
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.reporters.text import failure
from helm_llm.harness.result import Failed
from helm_llm.lint.targets.target import Target
from helm_llm.masking import begin, clean
from helm_llm.tools.api import Proxy
from helm_llm.tools.kubectl import Access

RELEASE = "llm"


@dataclass(frozen=True, slots=True)
class LlmCluster:
    """The cluster of a test session."""

    site: Site
    ledger: Ledger
    simulate: bool

    @property
    def kubeconfig(self) -> str:
        """Its kubeconfig."""
        default = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
        return self.site.access.kubeconfig or default


@pytest.fixture(scope="session")
def llm_cluster(pytestconfig: pytest.Config) -> Iterator[LlmCluster]:
    """The cluster: one of kind's with `--llm-kind`, else that of `--kubeconfig` and `--llm-context`."""
    begin([])
    option = pytestconfig.getoption
    tell = Progress(sys.stderr).line
    wanted = Wanted(
        option("--llm-kind"), option("--llm-kind-image"), "", option("--llm-simulate")
    )
    with (
        ledgers.open_ledger(tell, keep=option("--llm-keep")) as ledger,
        ExitStack() as stack,
    ):
        with _in_one_line():
            tools = find_tools(with_kind=wanted.kind or wanted.simulate)
            access = Access.current(
                option("--kubeconfig") or "", option("--llm-context")
            )
            proxy = stack.enter_context(
                Proxy(tools.kubectl, access, ledger.directory / "api")
            )
            site = prepared(
                Site(tools, access, proxy, "default", _silent), ledger, wanted, stack
            )
        yield LlmCluster(site, ledger, wanted.simulate)


@pytest.fixture(scope="module")
def kube_config(llm_cluster: LlmCluster) -> str:
    """For pytest-helm-charts: its `kube_cluster` is ours."""
    return llm_cluster.kubeconfig


@pytest.fixture(scope="module")
def llm_release(
    request: pytest.FixtureRequest,
    llm_cluster: LlmCluster,
    chart_path: str,
    values_file_path: str,
    namespace_factory: Callable[..., Any],
) -> Iterator[Release]:
    """The chart, installed in a namespace of its own and ready; the parameter is one or several values files."""
    target = _target(chart_path, getattr(request, "param", values_file_path))
    name = f"llm-{llm_cluster.ledger.id}-{secrets.token_hex(3)}"
    with _namespace(llm_cluster, name):
        namespace_factory(name, {"labels": {RUN_LABEL: llm_cluster.ledger.id}})
        site = llm_cluster.site.at(name, own=True)
        with _in_one_line():
            settle(site)
        terms = Terms(
            llm_cluster.ledger,
            lint=False,
            simulate=llm_cluster.simulate,
            upgrade_from="",
            jobs=1,
        )
        case = Case(site, RELEASE, name, _silent)
        with ExitStack() as stack:
            with _in_one_line():
                if not install_chart(terms, case, target, "install", stack):
                    pytest.fail(
                        clean("\n".join(failure(case.result(), case.steps.taken[-1]))),
                        pytrace=False,
                    )
                release = _ready(site)
            yield release


@pytest.fixture(scope="module")
def llm_endpoint(llm_release: Release) -> Iterator[Endpoint]:
    """The release's API: `get` and `post`, with its API key."""
    with _in_one_line():
        subject = llm_release.subject()
    with subject.endpoint as endpoint:
        yield endpoint


@contextmanager
def _in_one_line() -> Iterator[None]:
    """What a cluster, a program or an option does wrong is no matter of our code."""
    try:
        yield
    except (HelmLlmError, Failed) as error:
        pytest.fail(clean(str(error)), pytrace=False)


def _namespace(cluster: LlmCluster, name: str) -> AbstractContextManager[None]:
    """pytest-helm-charts makes and deletes it; the ledger knows of it too, in case pytest is killed."""
    if cluster.site.own_cluster:
        return nullcontext()
    return cluster.ledger.hold(
        Namespace(cluster.site.tools.kubectl, cluster.site.access, name)
    )


def explained(release: Release) -> str:
    """What the cluster knows of a release whose test failed."""
    try:
        found = diagnose(release.watch().evidence())
    except HelmLlmError as error:
        return clean(str(error))
    return (
        clean("\n".join([found.sentence, *found.lines, found.help or ""]))
        if found
        else "its pods run and are ready"
    )


def _target(chart: str, values: object) -> Target:
    if not chart:
        pytest.fail(
            "llm_release needs a chart: pytest --chart-path DIRECTORY", pytrace=False
        )
    given = values if isinstance(values, (list, tuple)) else [values or ""]
    files = [file for file in given if isinstance(file, str)]
    if len(files) < len(given):
        pytest.fail(
            f"the parameter of llm_release is a values file or a list of them, not {values!r}",
            pytrace=False,
        )
    return Target(chart, tuple(_found(chart, file) for file in files if file))


def _found(chart: str, file: str) -> str:
    inside = Path(chart) / file
    return str(inside) if inside.exists() else file


def _ready(site: Site) -> Release:
    release = find(site, RELEASE, 60)
    problem = _problem(release)
    if problem:
        pytest.fail(clean(problem), pytrace=False)
    return release


def _problem(release: Release) -> str:
    try:
        release.wait(None)
    except Failed as failed:
        found = failed.diagnosis
        return "\n".join(
            [
                str(failed),
                *([found.sentence, *found.lines, found.help or ""] if found else []),
            ]
        )
    return ""


def _silent(_: object) -> None:
    """pytest tells of its tests itself."""
