"""The charts of `helm llm test`: paths, and references to a repository or registry."""

from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.errors import ToolError, UsageError
from helm_llm.harness.install import fetch_chart, fetch_older_chart
from helm_llm.tools.helm import Helm
from tests.harness.conftest import Program

PULL = """for word; do
  case "$word" in
  --destination=*) directory=${word#*=} ;;
  --version=*) version=${word#*=} ;;
  esac
done
: > "$directory/c-$version.tgz"
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_LLM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HELM_BIN", "")


def chart(directory: Path) -> str:
    directory.mkdir()
    (directory / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    return str(directory)


@pytest.mark.parametrize("bad", ["new", "old"])
def test_links_that_helm_would_follow_forever_are_refused_in_both_charts(
    bad: str,
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    program("helm", f"echo called >> {tmp_path}/called; exit 1")
    directory = program("kubectl", f"echo called >> {tmp_path}/called; exit 1").parent
    monkeypatch.setenv("PATH", str(directory), prepend=":")
    charts = {name: chart(tmp_path / name) for name in ("new", "old")}
    (tmp_path / bad / "up").symlink_to(".")
    (tmp_path / "v.yaml").write_text("a: b\n")
    values = str(tmp_path / "v.yaml")
    arguments = ["-f", values, "--upgrade-from", charts["old"]]
    assert run(["test", "r", charts["new"], *arguments]) == 2
    assert f"{tmp_path / bad / 'up'} leads" in capsys.readouterr().err
    assert not (tmp_path / "called").exists()


def test_an_older_version_comes_from_the_repository_of_the_chart(
    program: Program,
) -> None:
    helm = Helm(str(program("helm", PULL)))
    older = fetch_older_chart(helm, "oci://example.com/c", "1.2.3")
    assert Path(older).name == "c-1.2.3.tgz"
    assert Path(older).exists()


def test_a_local_chart_has_no_older_versions(program: Program, tmp_path: Path) -> None:
    helm = Helm(str(program("helm", "exit 1")))
    with pytest.raises(UsageError, match=r"1\.2\.3 is not a path"):
        fetch_older_chart(helm, chart(tmp_path / "c"), "1.2.3")


def test_a_registry_that_does_not_answer_is_not_a_mistake_of_the_user(
    program: Program,
) -> None:
    helm = Helm(str(program("helm", "echo 'Error: no such host' >&2; exit 1")))
    with pytest.raises(ToolError, match="no such host"):
        fetch_chart(helm, "oci://example.com/c", "")
