"""The fixtures without pytest-helm-charts.

A test that uses one of them fails with what to install; all other tests run.
"""

import pytest


@pytest.fixture(scope="session")
def llm_cluster() -> None:
    """A cluster."""
    pytest.fail(
        "llm_cluster needs pytest-helm-charts: pip install 'helm-llm[test]'",
        pytrace=False,
    )


@pytest.fixture(scope="module")
def llm_release(llm_cluster: None) -> None:
    """A release."""


@pytest.fixture(scope="module")
def llm_endpoint(llm_release: None) -> None:
    """An endpoint."""
