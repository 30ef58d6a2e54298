"""What an installation prints."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]


@pytest.fixture
def notes(
    render: Callable[..., list[Object]],
    helm3: str,
    chart: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., str]:
    """notes(values): NOTES.txt, which `helm template` does not print."""
    copy = tmp_path_factory.mktemp("notes") / chart.name
    shutil.copytree(chart, copy, ignore=shutil.ignore_patterns("ci"))
    (copy / "templates/notes.yaml").write_text(
        'notes: {{ include "nim-llm/templates/NOTES.txt" . | toJson }}\n'
    )

    def notes(values: Object | None = None) -> str:
        (text,) = (
            each["notes"]
            for each in render(helm3, copy, values=values)
            if "notes" in each
        )
        assert isinstance(text, str)
        return text

    return notes


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "WARNING: every new pod downloads them again"),
        (
            {"persistence": {"enabled": True}, "hostPath": {"enabled": True}},
            "a claim per replica, model-store-r-nim-llm-0",
        ),
        (
            {"hostPath": {"enabled": True}, "nfs": {"enabled": True}},
            "in the directory /model-store of the node",
        ),
        ({}, "ngc-api with the key NGC_API_KEY"),
        ({"model": {"ngcAPIKey": "k"}}, "The key can be\nread in the release"),
        ({}, "rollout status statefulset/r-nim-llm"),
        ({"statefulSet": {"enabled": False}}, "rollout status deployment/r-nim-llm"),
        ({}, "The NIM has 1840 seconds"),
        (
            {"service": {"name": "llm", "openaiPort": 80}},
            "http://llm.default.svc:80/v1",
        ),
        ({"ingress": {"enabled": True}}, "http://chart-example.local/"),
        ({}, "helm test r --namespace default"),
        (
            {"multiNode": {"enabled": True}},
            "LeaderWorkerSet (leaderworkerset.x-k8s.io/v1) in the cluster and an image of NIM 1.3",
        ),
        (
            {"multiNode": {"enabled": True, "leaderWorkerSet": {"enabled": False}}},
            "have no probes",
        ),
    ],
    ids=str,
)
def test_notes(notes: Callable[..., str], values: Object, sentence: str) -> None:
    assert sentence in notes(values)
