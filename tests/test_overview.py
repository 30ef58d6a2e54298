"""tests/README.md names every directory and every module in tests/."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE / "README.md").read_text("utf-8")
# Git leaves directories behind in which Python has written its bytecode.
DIRECTORIES = {
    path.relative_to(HERE).parts[0]
    for path in HERE.glob("*/**/*.*")
    if path.suffix != ".pyc"
}


@pytest.mark.parametrize("name", sorted(DIRECTORIES))
def test_a_directory_is_described(name: str) -> None:
    assert f"\n| `{name}/` | " in PAGE


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_a_module_is_described(path: Path) -> None:
    assert f"`{path.name}`" in PAGE


def test_each_described_directory_exists() -> None:
    assert set(re.findall(r"^\| `(\w+)/` \| ", PAGE, re.MULTILINE)) == DIRECTORIES
