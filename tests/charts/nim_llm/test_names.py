"""Names, labels and selectors."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]
Objects = Callable[..., list[Object]]

SELECTOR = {"app.kubernetes.io/name": "nim-llm", "app.kubernetes.io/instance": "r"}
GROUPS: Object = {"multiNode": {"enabled": True, "existingSSHSecret": "ssh"}}
MPI_JOB: Object = {
    "multiNode": {"enabled": True, "leaderWorkerSet": {"enabled": False}}
}


def names(objects: list[Object]) -> set[tuple[str, str]]:
    return {(each["kind"], each["metadata"]["name"]) for each in objects}


def test_names_of_the_original_chart(objects: Objects) -> None:
    assert names(objects()) == {
        ("ConfigMap", "r-nim-llm-scripts-configmap"),
        ("Service", "r-nim-llm"),
        ("Service", "r-nim-llm-sts"),
        ("StatefulSet", "r-nim-llm"),
        ("Pod", "r-nim-llm-test-models"),
        ("Pod", "r-nim-llm-test-completions"),
        ("Pod", "r-nim-llm-test-streaming-chat"),
    }


def test_a_release_named_like_the_chart(objects: Objects) -> None:
    assert ("StatefulSet", "nim-llm") in names(objects(release="nim-llm"))
    assert ("StatefulSet", "my-nim-llm-1") in names(objects(release="my-nim-llm-1"))


def test_two_releases_share_no_object(objects: Objects) -> None:
    everything = {
        "persistence": {"enabled": True, "accessMode": "ReadWriteMany"},
        "ingress": {"enabled": True},
        "autoscaling": {"enabled": True},
        "serviceAccount": {"create": True},
        "metrics": {"serviceMonitor": {"enabled": True}},
    }
    for values in (everything, {**everything, **GROUPS}):
        assert not names(objects(values=values, release="a")) & names(
            objects(values=values, release="b")
        )


@pytest.mark.parametrize("values", [{}, GROUPS], ids=["one-node", "groups"])
def test_the_longest_release_name(objects: Objects, values: Object) -> None:
    release = "r" * 52 + "9"
    for each in objects(values=values, release=release):
        limit = {"StatefulSet": 52, "LeaderWorkerSet": 49, "Service": 63}.get(
            each["kind"], 253
        )
        assert len(each["metadata"]["name"]) <= limit
        assert all(len(label) <= 63 for label in each["metadata"]["labels"].values())
        if each["kind"] == "StatefulSet":
            assert ("Service", each["spec"]["serviceName"]) in names(
                objects(release=release)
            )


def test_every_object_is_labelled(objects: Objects) -> None:
    for each in objects(
        values={"model": {"ngcAPIKey": "key"}, **GROUPS, "multiNode": {"enabled": True}}
    ):
        labels = each["metadata"]["labels"]
        assert labels["helm.sh/chart"] == "nim-llm-0.1.0"
        assert labels["app.kubernetes.io/version"] == "1.0.3"
        assert labels["app.kubernetes.io/instance"] == "r"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"


def test_a_numeric_release_name_stays_text(objects: Objects) -> None:
    assert all(
        each["metadata"]["labels"]["app.kubernetes.io/instance"] == "7"
        for each in objects(release="7")
    )


@pytest.mark.parametrize("stateful", [True, False])
def test_labels_of_the_user_never_enter_a_selector(
    objects: Objects, stateful: bool
) -> None:
    labels = {"team": "a", "app.kubernetes.io/name": "other"}
    values = {
        "model": {"labels": labels},
        "service": {"labels": labels},
        "statefulSet": {"enabled": stateful},
    }
    rendered = objects(values=values)
    (server,) = (
        each for each in rendered if each["kind"] in {"StatefulSet", "Deployment"}
    )
    assert server["spec"]["selector"] == {"matchLabels": SELECTOR}
    assert server["spec"]["template"]["metadata"]["labels"] == {**SELECTOR, "team": "a"}
    for each in rendered:
        if each["kind"] == "Service":
            assert each["spec"]["selector"] == SELECTOR
            assert each["metadata"]["labels"]["team"] == "a"
            assert each["metadata"]["labels"]["app.kubernetes.io/name"] == "nim-llm"


def test_nothing_selects_the_test_pods(objects: Objects) -> None:
    tests = [each["metadata"]["labels"] for each in objects() if each["kind"] == "Pod"]
    assert len(tests) == 3
    assert not [labels for labels in tests if SELECTOR.items() <= labels.items()]


def test_a_package_renders_like_the_directory(
    objects: Objects, render: Objects, helm3: str, chart: Path, tmp_path: Path
) -> None:
    subprocess.run(
        [helm3, "package", chart, "--destination", tmp_path],
        check=True,
        capture_output=True,
    )
    (package,) = tmp_path.glob("nim-llm-*.tgz")
    values = {**GROUPS, "lora": {"repositories": ["a/b"]}}
    assert render(helm3, package, values=values) == objects(values=values)
    listed = subprocess.run(
        ["tar", "-tf", package], check=True, capture_output=True, text=True
    ).stdout
    assert "nim-llm/files/download_loras.sh" in listed
    assert "nim-llm/ci/" not in listed


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"statefulSet": {"enabled": False}},
        GROUPS,
        {"multiNode": {"enabled": True, "leaderWorkerSet": {"enabled": False}}},
    ],
    ids=["StatefulSet", "Deployment", "LeaderWorkerSet", "MPIJob"],
)
def test_a_new_chart_version_changes_no_pod(
    render: Objects, helm3: str, chart: Path, tmp_path: Path, values: Object
) -> None:
    """Claim templates and selectors cannot change, and a changed pod would restart the server for nothing."""

    def workload(source: Path) -> list[object]:
        rendered = render(
            helm3, source, values={"persistence": {"enabled": True}, **values}
        )
        kinds = {"StatefulSet", "Deployment", "LeaderWorkerSet", "MPIJob"}
        return [each["spec"] for each in rendered if each["kind"] in kinds]

    next_version = tmp_path / chart.name
    shutil.copytree(chart, next_version)
    metadata = (next_version / "Chart.yaml").read_text()
    (next_version / "Chart.yaml").write_text(
        metadata.replace("version: 0.1.0", "version: 0.2.0")
    )
    assert workload(chart) == workload(next_version) != []


@pytest.mark.parametrize(
    ("values", "scripts"),
    [
        ({}, set()),
        ({"lora": {"repositories": ["a/b"]}}, {"download_loras.sh"}),
        (GROUPS, {"ssh-keys.sh", "start-leader.sh", "start-worker.sh"}),
        (MPI_JOB, {"start-worker.sh"}),
        ({"multiNode": {**GROUPS["multiNode"], "launcher": "image"}}, set()),
    ],
    ids=["one-node", "lora", "LeaderWorkerSet", "MPIJob", "image-launcher"],
)
def test_scripts_that_the_pods_find(
    named: Callable[..., Object], chart: Path, values: Object, scripts: set[str]
) -> None:
    data = named("ConfigMap/r-nim-llm-scripts-configmap", values=values)["data"]
    assert set(data) == {"ngc_pull.sh", *scripts}
    assert data == {name: (chart / "files" / name).read_text() for name in data}


def test_annotations_of_the_pods(templates: Callable[..., Any]) -> None:
    metadata = templates({"podAnnotations": {"a": "b"}, "model": {"ngcAPIKey": "key"}})[
        "server"
    ]["metadata"]
    assert metadata["annotations"]["a"] == "b"
    other = templates({"model": {"ngcAPIKey": "other"}})["server"]["metadata"]
    assert (
        other["annotations"]["checksum/secrets"]
        != metadata["annotations"]["checksum/secrets"]
    )
    assert "annotations" not in templates()["server"]["metadata"]


@pytest.mark.parametrize(
    ("account", "name", "made"),
    [
        ({}, "default", []),
        ({"name": "mine"}, "mine", []),
        ({"create": True}, "r-nim-llm", ["r-nim-llm"]),
        ({"create": True, "name": "mine"}, "mine", ["mine"]),
    ],
)
def test_service_account(
    objects: Objects,
    pod: Callable[..., Any],
    account: Object,
    name: str,
    made: list[str],
) -> None:
    values = {"serviceAccount": account}
    assert pod(values)["serviceAccountName"] == name
    assert [
        name for kind, name in names(objects(values=values)) if kind == "ServiceAccount"
    ] == made
