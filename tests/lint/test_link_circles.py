"""Links in a chart's directory that Helm would follow forever are refused before Helm starts."""

import time
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.errors import ChartError
from helm_llm.values import chart_links

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
    "values.yaml": "a: 1\n",
    "templates/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
    "files/deep/er/text": "x\n",
}
LINKS = {
    "to-the-chart": {"files/up": ".."},
    "to-itself-by-name": {"files/up": "../../c"},
    "above-the-chart": {"files/up": "../.."},
    "to-the-root": {"files/up": "/"},
    "two-up": {"files/one": "..", "files/two": ".."},
    "two-that-lead-to-each-other": {"files/one": "deep", "files/deep/two": ".."},
    "in-charts": {"charts/one": "..", "charts/two": ".."},
    "a-link-to-a-link": {"files/one": "two", "files/two": ".."},
}


@pytest.fixture
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helm: str) -> Path:
    """A chart in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELM_BIN", helm)
    for name, text in FILES.items():
        Path("c", name).parent.mkdir(parents=True, exist_ok=True)
        Path("c", name).write_text(text)
    return Path("c")


def link(chart: Path, links: dict[str, str]) -> None:
    for name, target in links.items():
        (chart / name).parent.mkdir(exist_ok=True)
        (chart / name).symlink_to(target)


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("options", [(), ("--no-render",)], ids=["", "no-render"])
def test_a_circle_is_refused(
    links: dict[str, str],
    options: tuple[str, ...],
    chart: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    link(chart, links)
    start = time.monotonic()
    assert run(["lint", "c", *options]) == 2
    assert time.monotonic() - start < 10
    err = capsys.readouterr().err
    assert (
        "leads back up to" in err
        or "directories behind links" in err
        or "leads out of" in err
    )
    assert any(name in err for name in links)


@pytest.mark.parametrize(
    "line",
    [
        "files/up",
        "/files/up",
        "files/up/",
        "up",
        "u*",
        "file?",
        "files/[^a-t]p",
        "/files",
        " up ",
    ],
)
def test_what_helm_leaves_out_may_lead_anywhere(line: str, chart: Path) -> None:
    link(chart, {"files/up": ".."})
    (chart / ".helmignore").write_text(f"# a comment\n\n{line}\n")
    assert run(["lint", "c"]) == 0


@pytest.mark.parametrize(
    "line", ["#up", "down", "/up", "files/down", "files/*/up", "a/files/up"]
)
def test_other_lines_do_not_help(line: str, chart: Path) -> None:
    link(chart, {"files/up": ".."})
    (chart / ".helmignore").write_text(line + "\n")
    assert run(["lint", "c"]) == 2


def _refused() -> bool:
    try:
        chart_links.refuse_bad_links("c")
    except ChartError:
        return True
    return False


def test_links_that_lead_to_no_circle_are_followed(chart: Path) -> None:
    link(chart, {"files/one": "deep", "files/two": "deep/er"})
    assert run(["lint", "c"]) == 0


def test_links_that_multiply_are_refused(
    chart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Linux follows 40 links on one path, and may count them twice on a busy machine.
    for level in range(16):
        (chart / f"files/{level}").mkdir()
        if level:
            link(chart, {f"files/{level}/{side}": f"../{level - 1}" for side in "ab"})
    assert run(["lint", "c"]) == 2
    assert "more than 10,000 directories behind links" in capsys.readouterr().err


def test_a_deep_chart_is_no_circle(chart: Path) -> None:
    (chart / "files" / Path(*["d"] * 300)).mkdir(parents=True)
    assert not _refused()
