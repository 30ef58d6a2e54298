"""The plugin in real Helm: installed from a directory and from git, called, updated, uninstalled."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]


class Helm:
    """A Helm with its own home directories and no other plugin."""

    def __init__(self, binary: str, environ: dict[str, str], home: Path) -> None:
        self.binary, self.home = binary, home
        self.environ = environ | {
            f"HELM_{name}_HOME": str(home / name)
            for name in ("DATA", "CACHE", "CONFIG")
        }
        self.elsewhere = home / "some where"
        self.elsewhere.mkdir(parents=True)

    @property
    def major(self) -> str:
        return self("version", "--template", "{{ .Version }}").stdout[:2]

    def __call__(
        self, *arguments: str | Path, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        command = [self.binary, *map(str, arguments)]
        return subprocess.run(
            command,
            env=self.environ | environ,
            cwd=self.elsewhere,
            capture_output=True,
            text=True,
        )

    def installs(self, source: str | Path, *options: str) -> None:
        done = self("plugin", "install", source, *options)
        assert done.returncode == 0, done.stderr

    def installs_from_git(self, repository: Path, *options: str) -> None:
        self.installs(
            f"file://{repository}",
            *options,
            *(["--verify=false"] if self.major == "v4" else []),
        )

    def works(self) -> None:
        done = self("llm", "--version")
        assert (done.returncode, done.stdout[:8]) == (0, "helm-llm"), done.stderr


@pytest.fixture
def new_helm(helm: str, environ: dict[str, str], tmp_path: Path) -> Helm:
    """A Helm that has never run the plugin."""
    return Helm(helm, environ, tmp_path / "helm homes")


@pytest.fixture
def ready_helm(new_helm: Helm, prepared: Path) -> Helm:
    """A Helm for which the environment of the plugin exists."""
    new_helm.environ["HELM_LLM_HOME"] = str(prepared)
    return new_helm


@pytest.fixture
def repository(plugin: Path, tmp_path: Path) -> Path:
    """A git repository with the plugin.

    It is not bare: Helm recognises git behind file:// by the .git directory.
    """
    directory = shutil.copytree(plugin, tmp_path / "helm-llm.git")
    git(directory, "init", "-q", "-b", "main")
    git(directory, "add", ".")
    git(directory, "commit", "-q", "-m", "first")
    git(directory, "tag", "v0.1.0")
    return directory


@pytest.fixture
def served(repository: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a bare repository on a web server."""
    git(tmp_path, "clone", "-q", "--bare", str(repository), "web/helm-llm.git")
    git(tmp_path / "web/helm-llm.git", "update-server-info")
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "web"))
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/helm-llm.git"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A file server without a log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def git(directory: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", *identity, *arguments], cwd=directory, env=environ, check=True
    )


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart in a path with a space, and a values file with a wrong type in line 2."""
    directory = shutil.copytree(ROOT / "charts/vllm", tmp_path / "my charts/vllm")
    (directory.parent / "my values.yaml").write_text(
        "# not a number\nreplicaCount: many\n"
    )
    return directory


def listing(directory: Path) -> list[tuple[str, int, float]]:
    facts = ((path, path.lstat()) for path in directory.rglob("*"))
    return sorted((str(path), stat.st_size, stat.st_mtime) for path, stat in facts)


def test_installed_from_a_directory_it_works_in_another_one(
    ready_helm: Helm, plugin: Path
) -> None:
    ready_helm.installs(plugin)
    ready_helm.works()


def test_installed_from_git_it_works_and_writes_nothing_into_its_clone(
    ready_helm: Helm, repository: Path
) -> None:
    ready_helm.installs_from_git(repository)
    (clone,) = (ready_helm.home / "DATA/plugins").iterdir()
    before = listing(clone)
    ready_helm.works()
    assert listing(clone) == before


def test_installed_from_the_url_of_a_bare_repository(
    ready_helm: Helm, served: str
) -> None:
    ready_helm.installs(
        served, *(["--verify=false"] if ready_helm.major == "v4" else [])
    )
    ready_helm.works()


def test_a_tag_can_be_installed(ready_helm: Helm, repository: Path) -> None:
    ready_helm.installs_from_git(repository, "--version", "v0.1.0")
    ready_helm.works()


def test_an_update_from_git_needs_no_new_environment(
    ready_helm: Helm, repository: Path
) -> None:
    ready_helm.installs_from_git(repository)
    ready_helm.works()
    with (repository / "helm_llm/__init__.py").open("a") as source:
        source.write("# newer\n")
    git(repository, "commit", "-q", "-a", "-m", "second")
    updated = ready_helm("plugin", "update", "llm")
    assert updated.returncode == 0, updated.stderr
    (clone,) = (ready_helm.home / "DATA/plugins").iterdir()
    assert "# newer" in (clone / "helm_llm/__init__.py").read_text()
    done = ready_helm("llm", "--version", HELM_LLM_WHEELS="/nowhere")
    assert (done.returncode, done.stderr) == (0, "")


def test_lint_prints_line_and_column_and_helm_returns_its_exit_code(
    ready_helm: Helm, plugin: Path, chart: Path
) -> None:
    ready_helm.installs(plugin)
    values = chart.parent / "my values.yaml"
    wrong = ready_helm("llm", "lint", chart, "-f", values)
    assert wrong.returncode == 1, wrong.stderr
    assert "my values.yaml:2:" in wrong.stdout
    right = ready_helm("llm", "lint", chart, "--set", "replicaCount=1")
    assert right.returncode == 0, right.stdout + right.stderr


def test_two_first_uses_at_once_share_one_environment(
    new_helm: Helm, plugin: Path
) -> None:
    new_helm.installs(plugin)
    command = [new_helm.binary, "llm", "--version"]
    pipe = subprocess.PIPE
    both = [
        subprocess.Popen(
            command, env=new_helm.environ, stdout=pipe, stderr=pipe, text=True
        )
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert len(list(Path(new_helm.environ["HELM_LLM_HOME"]).glob("llm/env-*"))) == 1


def test_the_environment_is_in_helms_cache(new_helm: Helm, plugin: Path) -> None:
    del new_helm.environ["HELM_LLM_HOME"]
    new_helm.installs(plugin)
    new_helm.works()
    assert len(list(new_helm.home.glob("CACHE/llm/env-*"))) == 1


def test_it_works_on_a_read_only_file_system(
    ready_helm: Helm, plugin: Path, tmp_path: Path
) -> None:
    mount = ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*mount, "true"], capture_output=True).returncode:
        pytest.skip("this user may not create mount namespaces")
    image = shutil.copytree(plugin, tmp_path / "image")
    ready_helm.installs(image)
    script = (
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" '
        '&& ! touch "$1/x" 2>/dev/null && "$2" llm --version'
    )
    done = subprocess.run(
        [*mount, "sh", "-c", script, "sh", str(image), ready_helm.binary],
        env=ready_helm.environ,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout[:8]) == (0, "helm-llm"), done.stderr


def test_uninstalling_keeps_the_directory_it_was_installed_from(
    ready_helm: Helm, plugin: Path
) -> None:
    before = listing(plugin)
    ready_helm.installs(plugin)
    ready_helm.works()
    assert ready_helm("plugin", "uninstall", "llm").returncode == 0
    assert listing(plugin) == before
    assert ready_helm("llm", "--version").returncode != 0


def test_the_manifest_in_helm_4s_format_loads_in_helm_4(
    ready_helm: Helm, plugin: Path, tmp_path: Path
) -> None:
    newer = shutil.copytree(plugin, tmp_path / "newer")
    shutil.copy(ROOT / "ci/release/helm4/plugin.yaml", newer)
    ready_helm("plugin", "install", newer)
    if ready_helm.major == "v4":
        ready_helm.works()
    else:
        assert "apiVersion" in ready_helm("plugin", "list").stderr
