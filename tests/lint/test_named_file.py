"""Files on the command line: which chart they are linted with."""

from pathlib import Path

import pytest

from helm_llm.errors import UsageError
from helm_llm.lint.targets.named_files import has_files, targets_of
from helm_llm.lint.targets.target import Target

NOTHING = Target("")


@pytest.fixture(autouse=True)
def _in_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (
        "Chart.yaml",
        "values.yaml",
        "templates/a.yaml",
        "ci/x-values.yaml",
        "values-prod.yaml",
    ):
        path = tmp_path / "charts" / "a" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("name: a\nversion: 1.0.0\n")
    Path(tmp_path, "prod.yaml").write_text("{}\n")
    Path(tmp_path, "a-1.0.0.tgz").touch()
    monkeypatch.chdir(tmp_path)


WHOLE = (Target("charts/a"), Target("charts/a", ("charts/a/ci/x-values.yaml",)))


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["charts/a/values.yaml"], WHOLE),
        (["charts/a/Chart.yaml", "charts/a/templates/a.yaml"], WHOLE),
        (["charts/a/ci/x-values.yaml"], WHOLE[1:]),
        (
            ["charts/a/values-prod.yaml"],
            (Target("charts/a", ("charts/a/values-prod.yaml",)),),
        ),
        (["charts/a", "prod.yaml"], (Target("charts/a", ("prod.yaml",)),)),
        (["a-1.0.0.tgz", "prod.yaml"], (Target("a-1.0.0.tgz", ("prod.yaml",)),)),
    ],
)
def test_a_file_is_linted_with_its_chart(
    references: list[str], expected: tuple[Target, ...]
) -> None:
    assert has_files(references)
    assert targets_of(references, NOTHING, ()) == expected


def test_charts_are_no_files() -> None:
    assert not has_files(["charts/a", "a-1.0.0.tgz", "absent.yaml", "repo/chart"])


def test_configured_targets_come_before_the_chart_a_file_lies_in() -> None:
    configured = (
        Target("charts/a", ("prod.yaml",), release="one"),
        Target("charts/a", ("charts/a/values-prod.yaml",)),
    )
    assert targets_of(["prod.yaml"], NOTHING, configured) == configured[:1]
    assert (
        targets_of(["charts/a/values-prod.yaml"], NOTHING, configured) == configured[1:]
    )
    assert targets_of(["charts/a/values.yaml"], NOTHING, configured) == configured


def test_from_inside_the_chart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("charts/a/ci")
    assert targets_of(["x-values.yaml"], NOTHING, ()) == (
        Target("..", ("x-values.yaml",)),
    )


def test_a_file_of_no_chart_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"prod\.yaml is not in a chart: name its chart before it"
    ):
        targets_of(["prod.yaml"], NOTHING, ())
