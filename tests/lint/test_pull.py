"""Charts of repositories: pulled into the cache, named as the user named them."""

import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from helm_llm.cli import run
from helm_llm.lint.targets import pull
from helm_llm.lint.targets.pull import is_remote

CHARTS = Path(__file__).parents[2] / "charts"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository(
    tmp_path: Path, helm: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """A chart repository `llm` with our vllm chart; the paths that are asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELM_BIN", helm)
    for kind in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"HELM_{kind}_HOME", str(tmp_path / kind))
    monkeypatch.setenv("HELM_LLM_HOME", str(tmp_path / "home"))
    handler = functools.partial(_Quiet, directory=str(tmp_path / "served"))
    _Quiet.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "served").mkdir()
        for command in (
            ["package", str(CHARTS / "vllm"), "--destination", "served"],
            ["repo", "index", "served", "--url", url],
            ["repo", "add", "llm", url],
        ):
            subprocess.run([helm, *command], check=True, stdout=subprocess.DEVNULL)
        yield _Quiet.asked
        server.shutdown()


@pytest.mark.usefixtures("repository")
def test_a_chart_of_a_repository(capsys: pytest.CaptureFixture[str]) -> None:
    Path("v.yaml").write_text("vllm:\n  tensorParallelSise: 2\n")
    assert run(["lint", "llm/vllm", "-f", "v.yaml", "--format=json"]) == 1
    report = json.loads(capsys.readouterr().out)
    (target,) = report["targets"]
    assert (target["source"], target["rendered"]) == ("llm/vllm", True)
    assert [
        finding["location"]["file"]
        for finding in report["findings"]
        if finding["severity"] == "error"
    ] == ["v.yaml"]


@pytest.mark.usefixtures("repository")
def test_a_default_is_named_by_the_reference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["lint", "llm/vllm", "--no-render", "--select=gpu-absent"])
    assert capsys.readouterr().out.startswith("llm/vllm/values.yaml:")


def test_an_exact_version_is_fetched_once(repository: list[str]) -> None:
    for _ in range(2):
        assert (
            run(
                [
                    "lint",
                    "llm/vllm",
                    "--version=0.1.0",
                    "--no-render",
                    "--fail-on=never",
                ]
            )
            == 0
        )
    assert len([path for path in repository if path.endswith(".tgz")]) == 1


def test_the_newest_version_is_asked_for_each_time(repository: list[str]) -> None:
    Path(".helm-llm.yaml").write_text("targets: [{chart: llm/vllm}]\nfailOn: never\n")
    for _ in range(2):
        pull.pull_archive.cache_clear()
        assert run(["lint", "--no-render"]) == 0
    assert len([path for path in repository if path.endswith(".tgz")]) == 2


@pytest.mark.usefixtures("repository")
def test_a_chart_that_is_nowhere_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["lint", "llm/vlm"]) == 2
    assert (
        "there is no local chart llm/vlm, and Helm cannot pull it: "
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("reference", "elsewhere"),
    [
        ("llm/vllm", True),
        ("oci://registry.example.org/charts/vllm", True),
        ("https://example.org/vllm-0.1.0.tgz", True),
        ("./vllm", False),
        ("../vllm", False),
        ("vllm", False),
        ("a/b/c", False),
        ("/a/b", False),
        ("here/vlm", False),
    ],
)
def test_which_references_are_paths(
    reference: str, elsewhere: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    assert is_remote(reference) == elsewhere
