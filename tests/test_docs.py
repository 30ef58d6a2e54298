"""What README.md and docs/ show is what the program prints and accepts."""

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from helm_llm.cli import run

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("charts/*/README.md"),
    *ROOT.glob("tests/README.md"),
]


def _page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture
def picture() -> ModuleType:
    """The module that draws the picture of the README."""
    spec = importlib.util.spec_from_file_location(
        "picture", ROOT / "ci/docs/picture.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_shows_the_output(picture: ModuleType, helm3: str) -> None:
    drawn = (ROOT / "docs/lint.svg").read_text("utf-8")
    fresh = picture.svg(picture.report(helm3))
    assert picture.text_of(drawn) == picture.text_of(fresh), "make docs"


def test_the_readme_is_short() -> None:
    assert len(_page("README.md").splitlines()) < 150


def test_the_configuration_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page("docs/configuration.md")
    (block,) = re.findall(r"```yaml\n(targets:.*?)```", page, re.DOTALL)
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_points_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
