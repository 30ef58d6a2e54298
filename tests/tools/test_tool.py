"""ci/tool: where a pinned tool comes from. Go and Helm are scripts on PATH here: a real build takes minutes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "ci" / "tools"
VERSION = next(
    line.split()[1]
    for line in (TOOLS / "versions").read_text().splitlines()
    if line.startswith("helm3 ")
)

GO = """
if [ "$1" = mod ]; then echo '{"Dir": "'"$MODULE"'"}'; exit; fi
if [ -e "$MODULE/broken" ]; then echo "no such module" >&2; exit 1; fi
echo "$@" >> "$MODULE/built"
sleep 0.3
touch "$GOBIN/helm"
"""

Run = Callable[[], tuple[int, str, str]]


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def on_path(tmp_path: Path) -> Path:
    """The only directory on PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """What `go mod download` fetched: its Makefile and go.mod decide the link flags."""
    directory = tmp_path / "module"
    directory.mkdir()
    (directory / "go.mod").write_text("require (\n\tk8s.io/client-go v0.37.1\n)\n")
    (directory / "Makefile").write_text(
        "LDFLAGS += -X v3/version.version=${BINARY_VERSION}\n"
        "LDFLAGS += -X v3/version.gitCommit=${GIT_COMMIT}\n"
        "LDFLAGS += -X v3/chartutil.k8sVersionMajor=$(K8S_MODULES_MAJOR_VER)\n"
        "LDFLAGS += -X v3/chartutil.k8sVersionMinor=$(K8S_MODULES_MINOR_VER)\n"
    )
    return directory


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "helm-llm" / "bin" / f"helm-{VERSION}"


@pytest.fixture
def start(
    tmp_path: Path, on_path: Path, module: Path
) -> Callable[[], subprocess.Popen[str]]:
    environment = {
        "PATH": str(on_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "MODULE": str(module),
    }
    return lambda: subprocess.Popen(
        [sys.executable, str(TOOLS / "tool.py"), "helm3"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def run(start: Callable[[], subprocess.Popen[str]]) -> Run:
    def finish() -> tuple[int, str, str]:
        started = start()
        stdout, stderr = started.communicate(timeout=60)
        return started.returncode, stdout.strip(), stderr

    return finish


def test_the_version_we_pin_is_taken_from_path(run: Run, on_path: Path) -> None:
    script(
        on_path / "helm",
        f"""echo 'version.BuildInfo{{Version:"v{VERSION}", GoVersion:"go1.26.8"}}'""",
    )
    assert run() == (0, str(on_path / "helm"), "")


@pytest.mark.parametrize(
    "other", [f"{VERSION}0", f"{VERSION}-rc.1", f"1{VERSION}", "3.0.0"]
)
def test_any_other_version_on_path_is_left_alone(
    run: Run, on_path: Path, cached: Path, other: str
) -> None:
    script(on_path / "helm", f"echo v{other}")
    script(on_path / "go", GO)
    assert run()[:2] == (0, str(cached))


def test_a_cached_tool_needs_no_go(run: Run, cached: Path) -> None:
    cached.parent.mkdir(parents=True)
    cached.touch()
    assert run() == (0, str(cached), "")


def test_without_go_it_says_what_to_install(run: Run) -> None:
    code, stdout, stderr = run()
    assert (code, stdout) == (3, "")
    assert "install Go" in stderr
    assert f"helm {VERSION} on PATH" in stderr


def test_the_build_sets_what_the_release_makefile_sets(
    run: Run, on_path: Path, module: Path
) -> None:
    script(on_path / "go", GO)
    run()
    built = (module / "built").read_text()
    assert f"v3/version.version=v{VERSION}" in built
    assert "k8sVersionMajor=1 -X v3/chartutil.k8sVersionMinor=37" in built
    assert "gitCommit" not in built


def test_two_calls_at_once_build_once(
    start: Callable[[], subprocess.Popen[str]], on_path: Path, module: Path
) -> None:
    script(on_path / "go", GO)
    both = [start(), start()]
    printed = {process.communicate(timeout=60)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(printed) == 1
    assert len((module / "built").read_text().splitlines()) == 1


def test_a_failed_build_shows_gos_message_and_leaves_nothing(
    run: Run, on_path: Path, module: Path, cached: Path
) -> None:
    script(on_path / "go", GO)
    (module / "broken").touch()
    code, stdout, stderr = run()
    assert (code, stdout) == (1, "")
    assert "no such module" in stderr
    assert [path.name for path in cached.parent.iterdir()] == ["lock"]
