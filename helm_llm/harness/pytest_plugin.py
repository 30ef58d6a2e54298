"""A pytest plugin for chart authors: `llm_cluster`, `llm_release` and `llm_endpoint`.

It builds on pytest-helm-charts: `--chart-path` names the chart, and `kube_cluster`,
`namespace_factory` and the waiting functions work on our cluster.
`pip install 'helm-llm[test]'` installs both. docs/test.md has an example.

Values files are looked up in the chart, then in the directory pytest runs in. A release
is shared by the tests of a module. The report of a failed test explains why its release
does not work.

Only pytest is imported here, because every pytest run of an environment with helm-llm
loads this plugin.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator

import pytest

_FLAGS = {
    "--llm-kind": "create a kind cluster for the session and delete it afterwards",
    "--llm-simulate": "run simulated engines on simulated GPUs; only on kind clusters",
    "--llm-keep": "keep clusters and releases after the session",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options to those of pytest-helm-charts."""
    group = parser.getgroup("helm-llm")
    for flag, text in _FLAGS.items():
        group.addoption(flag, action="store_true", help=text)
    group.addoption(
        "--llm-kind-image",
        default="",
        metavar="IMAGE",
        help="node image of the kind cluster",
    )
    group.addoption(
        "--llm-context",
        default="",
        metavar="NAME",
        help="kubeconfig context to test in",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the fixtures.

    This runs last, so our `kube_config` overrides the one of pytest-helm-charts.
    """
    has_plugin = config.pluginmanager.hasplugin
    # The name depends on whether an entry point or `-p` loads pytest-helm-charts.
    available = has_plugin("helm-charts") or has_plugin("pytest_helm_charts.plugin")
    name = "fixtures" if available else "no_fixtures"
    module = importlib.import_module(f"helm_llm.harness.{name}")
    config.pluginmanager.register(module, "helm-llm-fixtures")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Explain a failed test while its release still exists."""
    report = yield
    release = getattr(item, "funcargs", {}).get("llm_release")
    if report.failed and call.when == "call" and release is not None:
        from helm_llm.harness.fixtures import explain

        report.sections.append((f"release {release.name}", explain(release)))
    return report
