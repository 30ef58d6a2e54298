"""What README.md and docs/ show is what the program prints and accepts, and what they name exists."""

import importlib.util
import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest

from helm_llm.cli import run

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "helm_llm"
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


FILE = re.compile(r"[\w.*/-]*/[\w.*/-]*|[\w.*-]+\.(?:py|md|json|yaml|svg)")
OUTPUTS = {"dist/charts", ".helm-llm.yaml"}
"""Files of users, and what commands write."""


def _paths(line: str) -> list[str]:
    """The files and folders in backticks, with `*` for `<chart>`, `<area>`, ..."""
    words = [re.sub("<[^>]+>", "*", word) for word in re.findall("`([^`]+)`", line)]
    return [word for word in words if FILE.fullmatch(word) and word not in OUTPUTS]


def _rows(page: str, heading: str = "") -> Iterator[str]:
    """The rows of the tables of a page, or of one section."""
    text = _page(page)
    if heading:
        text = text.partition(heading)[2].partition("\n## ")[0]
    yield from re.findall(r"^\| .*`.*$", text, re.MULTILINE)


def _exists(path: str, first: str) -> bool:
    """Whether a path exists below the root, helm_llm/, or the first folder of its line."""
    for base in (ROOT, PACKAGE):
        if any(base.glob(path.rstrip("/"))):
            return True
        for place in base.glob(first.rstrip("/")):
            folder = place if place.is_dir() else place.parent
            if any(folder.glob(path.rstrip("/"))):
                return True
    return False


@pytest.mark.parametrize(
    "line",
    [
        line
        for line in (
            *_rows("docs/architecture.md"),
            *_page("CONTRIBUTING.md").splitlines(),
        )
        if _paths(line)
    ],
)
def test_every_path_in_a_line_exists(line: str) -> None:
    paths = _paths(line)
    assert [path for path in paths if not _exists(path, paths[0])] == []


def test_every_folder_of_the_package_is_in_the_architecture() -> None:
    rows = _rows("docs/architecture.md", "## Folders of `helm_llm/`\n")
    named = [path.rstrip("/") for row in rows for path in _paths(row.split("|")[1])]
    folders = {str(file.parent.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py")}
    missing = [
        folder
        for folder in folders - {"."}
        if not any(
            fnmatch(folder, name) or name.startswith(f"{folder}/") for name in named
        )
    ]
    assert missing == []


def test_a_change_needs_at_most_three_places() -> None:
    rows = list(_rows("docs/architecture.md", "## Where to change something\n"))
    assert rows
    assert [row for row in rows if len(_paths(row)) > 3] == []
