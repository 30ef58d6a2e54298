"""Walks end, meet each directory once, and say what they could not look at."""

import os
import time
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.errors import UsageError
from helm_llm.lint.targets import directories
from helm_llm.lint.targets.directories import files_matching
from helm_llm.lint.targets.target import find_scenarios, find_targets


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(
            "apiVersion: v2\nname: c\nversion: 0.1.0\n"
            if name.endswith("Chart.yaml")
            else "{}\n"
        )


def found(*charts: str) -> list[str]:
    return [target.chart for target in find_targets(charts, (), (), ())]


FILES = (
    "a.yaml",
    "x/a.yaml",
    "x/b.yaml",
    "x/y/a.yaml",
    "x/y/z/a.yaml",
    "x/.h/a.yaml",
    ".h/a.yaml",
    "x/[q]/a.yaml",
)
PATTERNS = (
    "*.yaml", "**/*.yaml", "**/a.yaml", "x/**/a.yaml", "./x/**/a.yaml", "x/**", "**", "**/y/**/a.yaml", "**/**/a.yaml",
    "x/*/a.yaml", "[xq]/**/b.yaml", "x/**/[q]/*", ".h/**/*.yaml", "x/a.yaml", "no", "no/**/*.yaml", "*/**/a.yaml",
    "x/**/",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("absolute", [False, True], ids=["", "absolute"])
def test_patterns_match_what_pythons_match(pattern: str, absolute: bool) -> None:
    make(*FILES)
    pattern = str(Path.cwd() / pattern) if absolute else pattern
    expected = {name for name in glob(pattern, recursive=True) if Path(name).is_file()}
    assert files_matching(pattern) == sorted(expected)


def test_a_linked_directory_is_part_of_it() -> None:
    make("elsewhere/a.yaml", "x/b.yaml")
    Path("x/link").symlink_to("../elsewhere")
    assert files_matching("x/**/*.yaml") == ["x/b.yaml", "x/link/a.yaml"]


@pytest.mark.parametrize(
    "pattern", ["**/*.yaml", "x/**/*.yaml", "**/**/**/*.yaml", "**/x/**/y/**/*.yaml"]
)
def test_links_that_lead_up_end(pattern: str) -> None:
    make("x/y/z/a.yaml")
    for name in ("x/one", "x/two", "x/y/three", "x/y/z/four"):
        Path(name).symlink_to(Path.cwd())
    start = time.monotonic()
    assert files_matching(pattern) == ["x/y/z/a.yaml"]
    assert time.monotonic() - start < 5


def test_a_link_that_leads_nowhere_is_kept_for_its_reader() -> None:
    Path("a.yaml").symlink_to("nothing")
    assert files_matching("*.yaml") == ["a.yaml"]


def test_too_many_directories_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "MAX_DIRECTORIES", 50)
    make(*(f"d/{number}/a.yaml" for number in range(60)))
    with pytest.raises(
        UsageError, match="more than 50 files and directories that a pattern matches"
    ):
        files_matching("d/**/*.yaml")
    with pytest.raises(
        UsageError, match="more than 50 directories below d: name a smaller part"
    ):
        found("d")
    with pytest.raises(UsageError, match="more than 50 files and directories"):
        files_matching("d/*/a.yaml")


class TestCharts:
    """Below a directory."""

    def test_links_that_lead_up_end(self) -> None:
        make("charts/one/Chart.yaml", "charts/two/Chart.yaml")
        for name in ("charts/up", "charts/up2", "charts/one/up"):
            Path(name).symlink_to(Path.cwd())
        start = time.monotonic()
        assert found("charts") == ["charts/one", "charts/two"]
        assert time.monotonic() - start < 5

    def test_a_linked_chart_is_one(self) -> None:
        make("lib/one/Chart.yaml", "charts/two/Chart.yaml")
        Path("charts/one").symlink_to("../lib/one")
        Path("charts/again").symlink_to("two")
        assert found("charts") == ["charts/two", "charts/one"]

    def test_a_chart_that_links_out_of_the_repository_is_not_skipped(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        make(
            "outside/Chart.yaml",
            "repository/charts/one/Chart.yaml",
            "repository/.git/HEAD",
        )
        Path("repository/charts/two").symlink_to(tmp_path / "outside")
        monkeypatch.chdir("repository")
        assert run(["lint", "charts", "--no-render"]) == 2
        assert "leads out of" in capsys.readouterr().err


@pytest.fixture
def _nobody() -> Iterator[None]:
    """As a user whom permissions bind."""
    if os.geteuid() != 0:
        yield
        return
    for directory in (Path.cwd(), *Path.cwd().parents[:3]):
        directory.chmod(directory.stat().st_mode | 0o055)
    os.seteuid(65534)
    yield
    os.seteuid(0)


def locked(name: str) -> None:
    user = os.geteuid()
    os.seteuid(os.getuid())
    if not Path(name).exists():
        Path(name).touch()
    Path(name).chmod(0)
    os.seteuid(user)


@pytest.mark.usefixtures("_nobody")
class TestPermissions:
    """What may not be read is said, and is no success."""

    @pytest.fixture(autouse=True)
    def _chart(self, _here: None) -> Iterator[None]:
        make(
            "c/Chart.yaml",
            "c/values.yaml",
            "c/ci/a-values.yaml",
            "c/charts/s/Chart.yaml",
        )
        make("more/d/Chart.yaml", "more/e/a.yaml")
        yield
        os.seteuid(os.getuid())
        for directory, _, _ in os.walk("."):
            Path(directory).chmod(0o755)

    @pytest.mark.parametrize(
        "name",
        [
            "c/Chart.yaml",
            "c/values.yaml",
            "c/charts",
            "c/charts/s",
            "c/charts/s/Chart.yaml",
            "c/charts/t.tgz",
        ],
    )
    def test_parts_of_a_chart(
        self, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        locked(name)
        assert run(["lint", "c", "--no-render"]) == 2
        err = capsys.readouterr().err
        assert f"{name}: Permission denied" in err
        assert len(err.splitlines()) == 1

    def test_scenarios(self) -> None:
        locked("c/ci")
        with pytest.raises(UsageError, match="cannot list c/ci: Permission denied"):
            find_scenarios("c")

    def test_directories_of_charts(self) -> None:
        locked("more/e")
        with pytest.raises(UsageError, match="cannot list more/e: Permission denied"):
            found("more")

    def test_directories_of_values(self) -> None:
        locked("more/e")
        with pytest.raises(UsageError, match="cannot list more/e: Permission denied"):
            files_matching("more/**/*.yaml")

    @pytest.mark.parametrize("what", ["c/values.yaml", "c/ci/a-values.yaml"])
    def test_values(self, what: str, capsys: pytest.CaptureFixture[str]) -> None:
        locked(what)
        assert run(["lint", "c", "-f", what, "--no-render"]) == 2
        assert f"{what}: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize(
    "target",
    [None, "nothing", "../values"],
    ids=["directory", "link-to-nothing", "link-to-a-directory"],
)
def test_a_scenario_that_is_no_file_is_not_skipped(
    target: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    make("charts/c/Chart.yaml", "charts/c/ci/a-values.yaml", "charts/c/values/a.yaml")
    odd = Path("charts/c/ci/b-values.yaml")
    if target is None:
        odd.mkdir()
    else:
        odd.symlink_to(target)
    assert run(["lint", "charts", "--no-render"]) == 2
    assert (
        "cannot read the values file charts/c/ci/b-values.yaml"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "kind", ["fifo", "link-to-nothing", "link-to-a-device", "socket"]
)
@pytest.mark.parametrize(
    "name", ["Chart.yaml", "values.yaml", "values.schema.json", "charts/s.tgz"]
)
def test_a_chart_file_that_is_none_is_said(
    name: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import socket

    make("c/Chart.yaml", "c/values.yaml", "c/charts/x")
    Path("c", name).unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(Path("c", name))
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"c/{name}")
    else:
        Path("c", name).symlink_to(
            "nothing" if kind == "link-to-nothing" else "/dev/zero"
        )
    start = time.monotonic()
    assert run(["lint", "c", "--no-render"]) == 2
    assert time.monotonic() - start < 5
    assert f"c/{name}" in capsys.readouterr().err
