"""What the README shows is what the program prints."""

import re
import shutil
from pathlib import Path

import pytest

from helm_llm.cli import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_example_prints_what_the_readme_shows(
    tmp_path: Path,
    helm3: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for block in re.findall(
        r"```yaml\n(# (?:base|prod)\.yaml\n.*?)```", README, re.DOTALL
    ):
        (tmp_path / block.split()[1]).write_text(block, "utf-8")
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    match = re.search(r"```console\n\$ helm llm (.*?)\n(.*?)```", README, re.DOTALL)
    assert match
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELM_BIN", helm3)
    assert run(match[1].split()) == 1
    assert capsys.readouterr().out == match[2]


def test_its_configuration_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = re.findall(r"```yaml\n(targets:.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    (tmp_path / "clusters" / "a").mkdir(parents=True)
    files = {
        ".helm-llm.yaml": block,
        "base.yaml": "",
        "clusters/a/values.yaml": "",
        "config.json": "{}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert run(["lint", "--no-render", "--write-baseline=.helm-llm-baseline.json"]) == 0


def test_every_file_the_readme_points_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
