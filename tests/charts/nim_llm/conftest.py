"""Short ways to the parts of one rendered nim-llm chart, and to its scripts."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]

LWS: Object = {
    "multiNode": {
        "enabled": True,
        "workers": 2,
        "gpusPerNode": 8,
        "existingSSHSecret": "ssh",
    }
}
MPI: Object = {
    "multiNode": {
        "enabled": True,
        "workers": 2,
        "gpusPerNode": 8,
        "leaderWorkerSet": {"enabled": False},
    }
}

PLACES = re.compile(
    r"(?<![\w.$}/])/(?:tmp|scripts|etc/(?:mpi|ssh)|var/run|ssh-confs|opt/nim)(?=[/\s\"'])"
)
"""The absolute paths of the scripts; /dev and what follows a variable stay."""


@pytest.fixture
def chart() -> Path:
    return Path(__file__).parents[3] / "charts" / "nim-llm"


@pytest.fixture
def templates(objects: Callable[..., list[Object]]) -> Callable[..., dict[str, Object]]:
    """templates(values): the pod templates by role: server, leader, worker, launcher."""

    def templates(values: Object | None = None) -> dict[str, Object]:
        found = {}
        for each in objects(values=values):
            match each["kind"]:
                case "StatefulSet" | "Deployment":
                    found["server"] = each["spec"]["template"]
                case "LeaderWorkerSet":
                    group = each["spec"]["leaderWorkerTemplate"]
                    found |= {
                        "leader": group["leaderTemplate"],
                        "worker": group["workerTemplate"],
                    }
                case "MPIJob":
                    replicas = each["spec"]["mpiReplicaSpecs"]
                    found |= {
                        "launcher": replicas["Launcher"]["template"],
                        "worker": replicas["Worker"]["template"],
                    }
        return found

    return templates


@pytest.fixture
def pod(templates: Callable[..., dict[str, Object]]) -> Callable[..., Object]:
    """pod(values, role="server"): the spec of that pod."""

    def pod(values: Object | None = None, role: str = "server") -> Object:
        spec: Object = templates(values)[role]["spec"]
        return spec

    return pod


@pytest.fixture
def container(pod: Callable[..., Object]) -> Callable[..., Object]:
    """container(values, role="server"): the one container of that pod."""

    def container(values: Object | None = None, role: str = "server") -> Object:
        (only,) = pod(values, role)["containers"]
        assert isinstance(only, dict)
        return only

    return container


@pytest.fixture
def env(container: Callable[..., Object]) -> Callable[..., Object]:
    """env(values, role="server"): the container's variables by name, each given once."""

    def env(values: Object | None = None, role: str = "server") -> Object:
        variables = container(values, role)["env"]
        by_name = {
            each["name"]: each.get("value", each.get("valueFrom")) for each in variables
        }
        assert len(by_name) == len(variables)
        return by_name

    return env


class Box:
    """A directory in which a script of the chart runs, with fakes of the programs it calls."""

    def __init__(self, root: Path, scripts: Path) -> None:
        self.root = root
        self._scripts = scripts
        for name in (
            "bin",
            "tmp",
            "scripts",
            "ssh-confs",
            "var/run",
            "etc/mpi",
            "etc/ssh",
            "opt/nim",
        ):
            (root / name).mkdir(parents=True)
        self.fake("sleep", f"exec {shutil.which('sleep')} 0.1")

    def fake(self, program: str, script: str) -> None:
        path = self.root / "bin" / program
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def script(self, name: str) -> Path:
        """The script with all its paths inside the box."""
        path = self.root / "scripts" / name
        path.write_text(
            PLACES.sub(
                lambda found: f"{self.root}{found[0]}",
                (self._scripts / name).read_text(),
            )
        )
        return path

    def start(
        self, shell: str, name: str, variables: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        environment = {
            "PATH": f"{self.root}/bin:{os.environ['PATH']}",
            "BOX": str(self.root),
            **variables,
        }
        return subprocess.Popen(
            [shell, str(self.script(name))],
            env=environment,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, shell: str, name: str, **variables: str) -> tuple[int, str]:
        process = self.start(shell, name, variables)
        output, _ = process.communicate(timeout=30)
        return process.returncode, output

    def read(self, path: str) -> str:
        return (self.root / path).read_text()


@pytest.fixture
def box(tmp_path: Path, chart: Path) -> Box:
    return Box(tmp_path / "box", chart / "files")
