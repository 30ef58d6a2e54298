"""One thought per line: how densely the package is written, within limits.

`python -m tests.density` prints the figures of each file. The limits are what was
measured in well-kept projects: yamllint, check-jsonschema, pyupgrade and pre-commit.
"""

from pathlib import Path

import pytest

from tests.density import PACKAGE, Density, density

FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {path: density(path.read_text("utf-8")) for path in FILES}
# A rule is mostly its page, a text.
MACHINERY = sum(
    (found for path, found in MODULES.items() if "rules" not in path.parts), Density()
)
SMALL = 25
"""Lines of code below which the figures of a file say little."""


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file(path: Path) -> None:
    found = MODULES[path]
    assert found.nested == 0
    if found.lines >= SMALL:
        assert found.nodes_per_line <= 11.5
        assert found.per_100_lines(found.comprehensions) <= 10
        assert found.per_100_lines(found.conditionals) <= 6.5


def test_the_package() -> None:
    assert MACHINERY.nodes_per_line <= 7.75
    assert MACHINERY.per_100_lines(MACHINERY.comprehensions) <= 2
    assert MACHINERY.per_100_lines(MACHINERY.conditionals) <= 1
    assert MACHINERY.per_100_lines(MACHINERY.comments) >= 2.75
    assert 10 * MACHINERY.per_100_lines(MACHINERY.anys) <= 10


def test_the_figures() -> None:
    text = '"""Text."""\n\nvalue = [x if x else (1 if y else 2) for x in z]  # why\n'
    found = density(text)
    assert (found.lines, found.comprehensions, found.conditionals) == (1, 1, 2)
    assert (found.nested, found.comments) == (1, 1)
