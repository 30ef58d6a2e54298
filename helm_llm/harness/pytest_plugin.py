"""A pytest plugin for the authors of charts: `llm_cluster`, `llm_release`, `llm_endpoint`.

It stands on pytest-helm-charts: `--chart-path` names the chart, `kube_cluster`, `namespace_factory` and its waits work
on our cluster. `pip install 'helm-llm[test]'` installs both.

The README has an example. Values files are those of the chart, or of the directory pytest runs in. A release stays for
its test module. When a test fails, the report says what the cluster knows of it.

Only pytest is imported here: the plugin is loaded with every pytest run of an environment that has helm-llm.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator
from typing import Any

import pytest

_HELP = {
    "--llm-kind": "make a kind cluster for the session and delete it again",
    "--llm-simulate": "a simulated engine, and GPUs that are not there; on kind clusters only",
    "--llm-keep": "leave clusters and releases in place",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, beside those of pytest-helm-charts."""
    group = parser.getgroup("helm-llm")
    for flag, text in _HELP.items():
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
    """Register the fixtures last: our `kube_config` then stands before that of pytest-helm-charts."""
    there = any(
        config.pluginmanager.hasplugin(name)
        for name in ("helm-charts", "pytest_helm_charts.plugin")
    )
    module = importlib.import_module(
        f"helm_llm.harness.{'fixtures' if there else 'no_fixtures'}"
    )
    config.pluginmanager.register(module, "helm-llm-fixtures")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    """A failed test shows why its release does not work, while it is still there."""
    report = yield
    release = getattr(item, "funcargs", {}).get("llm_release")
    if report.failed and call.when == "call" and release is not None:
        from helm_llm.harness.fixtures import explained

        report.sections.append((f"release {release.name}", explained(release)))
    return report
