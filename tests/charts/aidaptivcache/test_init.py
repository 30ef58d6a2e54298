"""The init container: there if it has something to do, and without privilege."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.aidaptivcache.test_scripts import expanded

Pod = Callable[..., dict[str, Any]]

COPY = {"prescript": "cp -r /mnt/x /data/"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"prescript": " \n"},
        {**COPY, "initContainer": {"enabled": False}},
        {"initContainer": {"enabled": False, "modelSourcePath": "/model"}},
    ],
)
def test_with_nothing_to_run_there_is_none(pod: Pod, values: dict[str, Any]) -> None:
    assert "initContainers" not in pod(values=values)


def test_it_is_not_privileged_unless_asked(init: Pod, pod: Pod) -> None:
    assert "securityContext" not in init(values=COPY)
    values = {**COPY, "initContainer": {"privileged": True}}
    assert init(values=values)["securityContext"] == {"privileged": True}
    assert "securityContext" not in pod(values=values)["containers"][0]


@pytest.mark.parametrize(
    ("tag", "rendered"), [(24.04, "24.04"), ("24.10", "24.10"), (24, "24")]
)
def test_the_tag_may_be_a_number(init: Pod, tag: Any, rendered: str) -> None:
    assert (
        init(values={**COPY, "initContainer": {"image": {"tag": tag}}})["image"]
        == f"ubuntu:{rendered}"
    )


def test_the_script_runs_as_written(init: Pod) -> None:
    script = 'for i in 1 2; do n=$((${n:-0} + i)); done\necho "$n $(echo sub) $$"\nfalse\necho on'
    (shell, option, text) = init(values={"prescript": script})["command"]
    assert (shell, option) == ("/bin/sh", "-c")
    assert expanded(text).strip() == script
    done = subprocess.run(
        ["/bin/sh", "-c", expanded(text)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[1] == "on"
    assert done.stdout.startswith("3 sub ")


def test_a_model_is_copied_out_of_the_image_before_the_script(
    init: Pod, tmp_path: Path
) -> None:
    source, shared = tmp_path / "a model", tmp_path / "shared"
    source.mkdir()
    (source / "config.json").write_text("{}")
    shared.mkdir()
    values = {
        "prescript": 'cat "$SHARED_DATA_PATH/a model/config.json"',
        "initContainer": {
            "modelSourcePath": str(source),
            "sharedDataPath": str(shared),
        },
    }
    container = init(values=values)
    environ = {each["name"]: each["value"] for each in container["env"]}
    command = [expanded(word) for word in container["command"]]
    assert (
        subprocess.run(
            command, env=environ, capture_output=True, text=True, check=True
        ).stdout
        == "{}"
    )
    assert (
        subprocess.run(
            command,
            env={**environ, "MODEL_SOURCE_PATH": "/absent"},
            capture_output=True,
        ).returncode
        == 1
    )


def test_resources_lose_nulls(init: Pod) -> None:
    given = {"limits": {"memory": "1Gi", "cpu": None}, "requests": {"memory": "1Gi"}}
    rendered = init(values={**COPY, "initContainer": {"resources": given}})["resources"]
    assert rendered == {"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}
