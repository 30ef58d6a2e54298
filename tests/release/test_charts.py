"""The chart repository of ci/release/charts.py, served over HTTP and used with the real Helms."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHARTS = sorted(path.parent for path in (ROOT / "charts").glob("*/Chart.yaml"))
NAMES = [chart.name for chart in CHARTS]


def release(
    to: Path, url: str, charts: Path = ROOT / "charts"
) -> "subprocess.CompletedProcess[str]":
    script = [
        sys.executable,
        str(ROOT / "ci/release/charts.py"),
        "--url",
        url,
        "--to",
        str(to),
        "--charts",
        str(charts),
    ]
    return subprocess.run(script, capture_output=True, text=True)


def entries(directory: Path) -> dict[str, list[dict[str, Any]]]:
    index = yaml.load((directory / "index.yaml").read_text("utf-8"), yaml.BaseLoader)
    found: dict[str, list[dict[str, Any]]] = index["entries"]
    return found


class Quiet(SimpleHTTPRequestHandler):
    """A file server without a log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The directory of the repository and its URL."""
    directory = tmp_path_factory.mktemp("site")
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(directory))
    ) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        done = release(directory, url)
        assert done.returncode == 0, done.stderr
        Thread(target=server.serve_forever, daemon=True).start()
        yield directory, url
        server.shutdown()


class Client:
    """The Helm of a user who has added the repository and has no cluster."""

    def __init__(self, program: str, home: Path, url: str) -> None:
        homes = {
            f"HELM_{name}_HOME": str(home / name)
            for name in ("CACHE", "CONFIG", "DATA")
        }
        self._program = program
        self._environment = {**os.environ, **homes, "KUBECONFIG": str(home / "none")}
        self("repo", "add", "helm-llm", url)

    def __call__(self, *arguments: str) -> str:
        command = [self._program, *arguments]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
        return done.stdout

    def lint(self, *arguments: str, cwd: Path) -> tuple[int, str]:
        """Return the exit code and output of this user's `helm llm lint`."""
        environment = {
            **self._environment,
            "HELM_BIN": self._program,
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "helm_llm", "lint", *arguments]
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def client(helm: str, tmp_path: Path, served: tuple[Path, str]) -> Client:
    return Client(helm, tmp_path, served[1])


@pytest.mark.parametrize("name", NAMES)
def test_a_user_finds_pulls_and_installs_a_chart(
    client: Client, name: str, tmp_path: Path
) -> None:
    version = yaml.safe_load(
        (ROOT / "charts" / name / "Chart.yaml").read_text("utf-8")
    )["version"]
    (found,) = yaml.safe_load(
        client("search", "repo", f"helm-llm/{name}", "--output", "yaml")
    )
    assert (found["name"], found["version"]) == (f"helm-llm/{name}", version)
    values = client("show", "values", f"helm-llm/{name}")
    assert (
        values.rstrip()
        == (ROOT / "charts" / name / "values.yaml").read_text("utf-8").rstrip()
    )
    client("pull", f"helm-llm/{name}", "--untar", "--untardir", str(tmp_path))
    assert not (tmp_path / name / "ci").exists()
    assert (tmp_path / name / "values.schema.json").is_file()


@pytest.mark.parametrize("chart", CHARTS, ids=NAMES)
def test_the_package_renders_what_the_directory_renders(
    client: Client, chart: Path
) -> None:
    scenario = sorted(chart.glob("ci/*-values.yaml"))[0]
    options = ("--values", str(scenario), "--kube-version", "1.34.0")
    packaged = client("template", "release", f"helm-llm/{chart.name}", *options)
    assert packaged == client("template", "release", str(chart), *options)
    assert "\nkind: " in packaged


def test_lint_pulls_a_chart_by_its_name_in_the_repository(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "v.yaml").write_text("vllm:\n  tensorParalelSize: 2\n", "utf-8")
    code, out = client.lint("helm-llm/vllm", "-f", "v.yaml", cwd=tmp_path)
    assert code == 1
    assert (
        "\nv.yaml:2:3: error[unknown-key] vllm has no key vllm.tensorParalelSize" in out
    )
    assert client.lint("helm-llm/vllm", cwd=tmp_path)[0] == 0


@pytest.mark.parametrize("name", NAMES)
def test_helm_4_dry_runs_an_install_without_a_cluster(
    helm4: str, name: str, tmp_path: Path, served: tuple[Path, str]
) -> None:
    """Helm 3 needs the cluster's version even with --dry-run=client."""
    client = Client(helm4, tmp_path, served[1])
    tried = client("install", "llm", f"helm-llm/{name}", "--dry-run=client")
    assert "\nSTATUS: pending-install\n" in tried
    assert "\nkind: " in tried


def test_a_second_release_keeps_earlier_versions_and_their_dates(
    served: tuple[Path, str], tmp_path: Path
) -> None:
    site, charts = shutil.copytree(served[0], tmp_path / "site"), tmp_path / "charts"
    shutil.copytree(ROOT / "charts", charts)
    before = entries(site)
    newer = charts / "vllm" / "Chart.yaml"
    newer.write_text(
        newer.read_text("utf-8").replace("\nversion: 0.", "\nversion: 9."), "utf-8"
    )
    done = release(site, "https://example.org/charts", charts)
    assert done.returncode == 0, done.stderr
    after = entries(site)
    assert [entry["version"][:2] for entry in after["vllm"]] == [
        "9.",
        before["vllm"][0]["version"][:2],
    ]
    assert after["vllm"][0]["urls"] == [
        f"https://example.org/charts/vllm-{after['vllm'][0]['version']}.tgz"
    ]
    assert {name: found[-1] for name, found in after.items()} == {
        name: found[0] for name, found in before.items()
    }


def test_a_released_version_is_never_changed(
    served: tuple[Path, str], tmp_path: Path
) -> None:
    site, charts = shutil.copytree(served[0], tmp_path / "site"), tmp_path / "charts"
    shutil.copytree(ROOT / "charts", charts)
    with (charts / "vllm" / "values.yaml").open("a") as values:
        values.write("# another word\n")
    done = release(site, "https://example.org/charts", charts)
    assert done.returncode != 0
    assert (
        "has been released, and its chart has changed since: raise the version"
        in done.stderr
    )
    assert entries(site) == entries(served[0])
