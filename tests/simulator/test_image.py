"""Names in the image, and how charts use them, tested without building an image."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from helm_llm.simulator.install import complete_base_image, install
from tests.simulator.engine import (
    ROOT,
    SIMULATOR,
    Ended,
    Engine,
    free_port,
    launched,
    run,
    wait_until_it_listens,
)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the files of the image."""
    root = tmp_path_factory.mktemp("image")
    home = root / "opt" / "helm-llm"
    home.mkdir(parents=True)
    (home / "helm_llm").symlink_to(ROOT / "helm_llm")
    install(root, home)
    return root


def paths(image: Path) -> dict[str, str]:
    return {
        "PATH": f"{image / 'usr/local/bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(image / "opt/helm-llm"),
    }


def within(image: Path, *words: str, **environ: str) -> Ended:
    return run(("/usr/bin/env", *words), paths(image) | environ)


@contextmanager
def running(
    image: Path, *words: str, port: int, cwd: Path | None = None
) -> Iterator[Engine]:
    given = {"NIM_SERVER_PORT": str(port), "NGC_API_KEY": "k"}
    with launched(
        image / "log", words, paths(image) | given, port=port, cwd=cwd
    ) as engine:
        yield wait_until_it_listens(engine)


def test_vllm_says_its_version(image: Path) -> None:
    done = within(image, "vllm", "--version", SIM_VLLM_VERSION="0.33.0")
    assert (done.code, done.stdout) == (0, "0.33.0\n")


def test_a_shell_that_ends_in_exec_vllm_hears_sigterm(image: Path) -> None:
    port = free_port()
    script = f'sleep 0.1; exec "$@" --port={port}'
    with running(
        image, "/bin/sh", "-c", script, "serve", "vllm", "serve", "m", port=port
    ) as engine:
        assert engine.get("/v1/models").json["data"][0]["id"] == "m"
        assert engine.stop() == 0


def test_a_shell_that_does_not_exec_keeps_sigterm_to_itself(image: Path) -> None:
    port = free_port()
    script = f'vllm serve m --port={port} & server=$!; trap : TERM; wait "$server"; kill "$server"; exit 7'
    with running(image, "/bin/sh", "-c", script, port=port) as engine:
        assert engine.stop() == 7
        assert (
            "[shutdown]"
            not in engine.log.read_text().split("Application startup complete")[0]
        )


def test_the_module_form(image: Path) -> None:
    port = free_port()
    words = (
        "-m",
        "vllm.entrypoints.openai.api_server",
        "--model",
        "acme/m",
        f"--port={port}",
    )
    with running(image, SIMULATOR[0], *words, port=port) as engine:
        assert engine.get("/v1/models").json["data"][0]["id"] == "acme/m"
    done = within(image, SIMULATOR[0], *words[:2], "--nonsense")
    assert (done.code, done.last) == (
        2,
        "api_server.py: error: unrecognized arguments: --nonsense",
    )


def test_the_script_in_its_directory(image: Path) -> None:
    port = free_port()
    directory = image / "home/root/aiDAPTIV2/script"
    words = (
        "/bin/sh",
        "-c",
        'exec python3 vllm_api_server.py "$@"',
        "vllm-api",
        "--model",
        "m",
        f"--port={port}",
    )
    with running(image, *words, port=port, cwd=directory) as engine:
        assert "personality aidaptivcache" in engine.log.read_text()


@pytest.mark.parametrize("name", ["start-server.sh", "start_server.sh"])
def test_the_scripts_of_nim(image: Path, name: str) -> None:
    port = free_port()
    with running(image, str(image / "opt/nim" / name), port=port) as engine:
        assert engine.get("/v1/health/ready").status == 200


def test_the_entrypoint_runs_what_it_does_not_know(image: Path) -> None:
    done = within(image, "helm-llm-sim", "/bin/sh", "-c", "echo $0; exit 5", "word")
    assert (done.code, done.stdout) == (5, "word\n")
    missing = within(image, "helm-llm-sim", "no-such-program")
    assert (missing.code, missing.last) == (
        127,
        "[simulator] no-such-program: No such file or directory",
    )


def test_the_entrypoint_takes_arguments_for_vllm(image: Path) -> None:
    done = within(image, "helm-llm-sim", "--model", "m", "--nonsense")
    assert (done.code, done.last) == (
        2,
        "vllm: error: unrecognized arguments: --nonsense",
    )


def test_a_bare_base_gets_python_and_bash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr("site.getsitepackages", lambda: [str(tmp_path / "site")])
    complete_base_image(tmp_path, Path("/opt/helm-llm"))
    assert (tmp_path / "bin/bash").readlink() == Path("sh")
    assert (tmp_path / "usr/local/bin/python").exists()
    assert (tmp_path / "site/helm-llm.pth").read_text() == "/opt/helm-llm\n"


def test_the_image_has_no_other_file_of_ours() -> None:
    """The simulator imports only what the Dockerfile copies."""
    code = """
import sys
from helm_llm.simulator import check, cli, install
print(*sorted({".".join(name.split(".")[1:2]) for name in sys.modules if name.startswith("helm_llm")}))
"""
    done = subprocess.run(
        [SIMULATOR[0], "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["engines", "simulator"]
    copied = [
        line.split()[1]
        for line in (ROOT / "helm_llm/simulator/Dockerfile").read_text().splitlines()
        if line.startswith("COPY")
    ]
    assert copied == ["helm_llm/__init__.py", "helm_llm/engines", "helm_llm/simulator"]
