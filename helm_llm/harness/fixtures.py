"""Fixtures of the pytest plugin, imported only if pytest-helm-charts is installed."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from helm_llm.errors import HelmLlmError
from helm_llm.harness import ledger as ledgers
from helm_llm.harness.causes import diagnose
from helm_llm.harness.chart_case import ChartCase, RunSettings
from helm_llm.harness.cluster import (
    RUN_LABEL,
    ClusterOptions,
    prepare_cluster,
    wait_for_service_account,
)
from helm_llm.harness.context import Context, find_tools
from helm_llm.harness.created import Namespace
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.release import Release, find_release
from helm_llm.harness.release_case import HELM_SECONDS, ReleaseCase
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.reporters.text import failure_lines
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.lint.targets.target import Target
from helm_llm.masking import begin, clean
from helm_llm.tools.kubectl import Access
from helm_llm.tools.proxy import Proxy

RELEASE = "llm"


@dataclass(frozen=True, slots=True)
class LlmCluster:
    """The cluster of a test session."""

    context: Context
    ledger: Ledger
    simulate: bool

    @property
    def kubeconfig(self) -> str:
        """Path of its kubeconfig."""
        default = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
        return self.context.access.kubeconfig or default


@pytest.fixture(scope="session")
def llm_cluster(pytestconfig: pytest.Config) -> Iterator[LlmCluster]:
    """The cluster of the kubeconfig, or a kind cluster with `--llm-kind`."""
    # Another session in this process may have left its secrets behind.
    begin([])
    option = pytestconfig.getoption
    report = Progress(sys.stderr).write_line
    options = ClusterOptions(
        kind=option("--llm-kind"),
        kind_image=option("--llm-kind-image"),
        kind_config="",
        simulate=option("--llm-simulate"),
    )
    with (
        ledgers.open_ledger(report, keep=option("--llm-keep")) as ledger,
        ExitStack() as stack,
    ):
        with _fail_in_one_line():
            access = Access.current(
                option("--kubeconfig") or "", option("--llm-context")
            )
            context = _open_cluster(access, ledger, options, stack)
        yield LlmCluster(context, ledger, options.simulate)


def _open_cluster(
    access: Access, ledger: Ledger, options: ClusterOptions, stack: ExitStack
) -> Context:
    tools = find_tools(with_kind=options.kind or options.simulate)
    proxy = stack.enter_context(Proxy(tools.kubectl, access, ledger.directory / "api"))
    context = Context(tools, access, proxy, "default", _ignore)
    return prepare_cluster(context, ledger, options, stack)


@pytest.fixture(scope="module")
def kube_config(llm_cluster: LlmCluster) -> str:
    """The kubeconfig of our cluster; pytest-helm-charts makes `kube_cluster` of it."""
    return llm_cluster.kubeconfig


@pytest.fixture(scope="module")
def llm_release(
    request: pytest.FixtureRequest,
    llm_cluster: LlmCluster,
    chart_path: str,
    values_file_path: str,
    namespace_factory: Callable[..., object],
) -> Iterator[Release]:
    """The chart, installed in its own namespace and ready.

    The parameter of the fixture is one values file or a list of them.
    """
    target = _target(chart_path, getattr(request, "param", values_file_path))
    name = f"llm-{llm_cluster.ledger.id}-{secrets.token_hex(3)}"
    with _namespace_in_ledger(llm_cluster, name), ExitStack() as stack:
        namespace_factory(name, {"labels": {RUN_LABEL: llm_cluster.ledger.id}})
        context = llm_cluster.context.in_namespace(name, owned=True)
        with _fail_in_one_line():
            release = _install(llm_cluster, context, target, stack)
        yield release


def _install(
    cluster: LlmCluster, context: Context, target: Target, stack: ExitStack
) -> Release:
    wait_for_service_account(context)
    settings = RunSettings(
        cluster.ledger, lint=False, simulate=cluster.simulate, older_chart="", jobs=1
    )
    case = ReleaseCase(context, RELEASE, context.namespace, _ignore)
    if not ChartCase(settings, case, target, stack).install(target, "install"):
        lines = failure_lines(case.result(), case.steps.taken[-1])
        pytest.fail(clean("\n".join(lines)), pytrace=False)
    return _wait_until_ready(context)


@pytest.fixture(scope="module")
def llm_endpoint(llm_release: Release) -> Iterator[Endpoint]:
    """The API of the release: `get` and `post`, with its API key."""
    with _fail_in_one_line():
        subject = llm_release.subject()
    with subject.endpoint as endpoint:
        yield endpoint


@contextmanager
def _fail_in_one_line() -> Iterator[None]:
    """Fail a test without our traceback.

    Errors of a cluster, a program or an option are not errors of our code.
    """
    try:
        yield
    except (HelmLlmError, Failed) as error:
        pytest.fail(clean(str(error)), pytrace=False)


def _namespace_in_ledger(
    cluster: LlmCluster, name: str
) -> AbstractContextManager[None]:
    """Record a namespace that pytest-helm-charts creates and deletes.

    The ledger helps if pytest is killed.
    """
    if cluster.context.owns_cluster:
        return nullcontext()
    resource = Namespace(cluster.context.tools.kubectl, cluster.context.access, name)
    return cluster.ledger.hold(resource)


def explain(release: Release) -> str:
    """Return why a release does not work, for the report of a failed test."""
    try:
        diagnosis = diagnose(release.watch().evidence())
    except HelmLlmError as error:
        return clean(str(error))
    if diagnosis is None:
        return "its pods run and are ready"
    return clean("\n".join(_diagnosis_lines(diagnosis)))


def _diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    return [diagnosis.sentence, *diagnosis.lines, diagnosis.help or ""]


def _target(chart: str, values: object) -> Target:
    if not chart:
        pytest.fail(
            "llm_release needs a chart: pytest --chart-path DIRECTORY", pytrace=False
        )
    files: list[str] = []
    for file in values if isinstance(values, (list, tuple)) else [values or ""]:
        if not isinstance(file, str):
            pytest.fail(
                "the parameter of llm_release must be a values file or a list of "
                f"them, not {values!r}",
                pytrace=False,
            )
        if file:
            files.append(_find_values_file(chart, file))
    return Target(chart, tuple(files))


def _find_values_file(chart: str, file: str) -> str:
    # pytest-helm-charts looks in the chart too.
    inside = Path(chart) / file
    return str(inside) if inside.exists() else file


def _wait_until_ready(context: Context) -> Release:
    release = find_release(context, RELEASE, HELM_SECONDS)
    try:
        release.wait_until_ready(None)
    except Failed as failed:
        lines = [str(failed)]
        if failed.diagnosis:
            lines += _diagnosis_lines(failed.diagnosis)
        pytest.fail(clean("\n".join(lines)), pytrace=False)
    return release


def _ignore(_: object) -> None:
    """Report no progress: pytest reports its tests itself."""
