"""The shell around the server, run by sh: order, exit code, signals; and what Kubernetes makes of a script."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Container = Callable[..., dict[str, Any]]

PYTHON3 = """#!/bin/sh
printf '%s\\n' "$@" > "$LOG.args"
trap 'echo terminated >> "$LOG"; exit 7' TERM
echo started >> "$LOG"
[ -z "$STAYS" ] || { while :; do sleep 0.05; done; }
echo ended >> "$LOG"
exit 3
"""


def expanded(text: str) -> str:
    """What Kubernetes hands to the container: $$ is $, and nothing here names a variable."""
    return text.replace("$$", "$")


@pytest.fixture
def start(server: Container, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """start(values, stays=""): the server container's command, with a python3 that only writes down what it gets."""
    (tmp_path / "python3").write_text(PYTHON3)
    (tmp_path / "python3").chmod(0o755)

    def start(values: Any, stays: str = "") -> subprocess.Popen[str]:
        container = server(values=values)
        words = [*map(expanded, container["command"]), *container["args"]]
        path = f"{tmp_path}:{os.environ['PATH']}"
        environ = {"PATH": path, "LOG": str(tmp_path / "log"), "STAYS": stays}
        return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True)

    return start


def wait_for(file: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while not (file.exists() and text in file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


AFTER = {"postscript": 'echo "after $status, $$ $(echo sub)" | tee -a "$LOG"'}


def test_the_server_replaces_the_shell(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    with start({}, stays="yes") as process:
        wait_for(tmp_path / "log", "started")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 7


@pytest.mark.parametrize("values", [{}, AFTER], ids=["exec", "postscript"])
def test_words_arrive_unchanged(
    start: Callable[..., Any], tmp_path: Path, values: dict[str, Any]
) -> None:
    awkward = "/a b/$HOME/'q'\"d\";*"
    with start({**values, "vllm": {"args": {"model": awkward}}}) as process:
        assert process.wait(20) == 3
    assert (tmp_path / "log.args").read_text().splitlines()[:3] == [
        "vllm_api_server.py",
        "--model",
        awkward,
    ]


def test_the_postscript_runs_after_the_server_whose_exit_code_counts(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    with start(AFTER) as process:
        assert process.wait(20) == 3
        pid = process.pid
    assert (tmp_path / "log").read_text().split("\n") == [
        "started",
        "ended",
        f"after 3, {pid} sub",
        "",
    ]


def test_the_postscript_runs_after_a_server_that_was_told_to_stop(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    with start(AFTER, stays="yes") as process:
        wait_for(tmp_path / "log", "started")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 7
    assert "terminated\nafter 7" in (tmp_path / "log").read_text()


def test_waiting_comes_before_the_server(server: Container) -> None:
    for values in ({}, AFTER):
        script = server(values={**values, "vllm": {"waiting": 36000}})["command"][2]
        assert script.startswith("sleep 36000\n")
    assert "sleep" not in server()["command"][2]


def test_directory_and_script(server: Container) -> None:
    container = server(
        values={"vllm": {"workingDir": "/srv", "script": "api/server.py"}}
    )
    assert container["workingDir"] == "/srv"
    assert container["command"] == [
        "/bin/sh",
        "-c",
        'exec python3 api/server.py "$@"\n',
    ]
