"""--fix and --diff: what they change in a file, and what they leave alone."""

from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.document.reader import parse_document
from helm_llm.lint.fix import Fix, Quote, Remove, Rename
from helm_llm.lint.fixes.edit import apply_fix

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def after(text: str, fix: Fix) -> str | None:
    done = apply_fix(parse_document(text, "v.yaml"), fix, helm_major=3)
    return done[0].text if done else None


@pytest.mark.parametrize(
    ("text", "fix", "expected"),
    [
        ("a: 0.10  # why\n", Quote(("a",)), 'a: "0.10"  # why\n'),
        ("a: &x 0.10\n", Quote(("a",)), 'a: &x "0.10"\n'),
        ("a: [1, 0x10 ,2]\n", Quote(("a", 1)), 'a: [1, "0x10" ,2]\n'),
        ("a: yes", Quote(("a",)), 'a: "yes"'),
        (
            "# one\na:\n  b: 1\n  c: 2  # gone too\n# two\n",
            Remove(("a", "c")),
            "# one\na:\n  b: 1\n# two\n",
        ),
        ("a:\n  b: |\n    text\n\n  c: 2\n", Remove(("a", "b")), "a:\n  c: 2\n"),
        ("a:\n  b:\n  - x: 1\n    y: 2\nc: 3\n", Remove(("a", "b")), "c: 3\n"),
        ("a: {b: 1, c: 2}\n", Remove(("a", "b")), "a: {c: 2}\n"),
        ("a: {b: 1, c: 2}\n", Remove(("a", "c")), "a: {b: 1}\n"),
        ("a:\r\n  b: 1\r\n  c: 2\r\n", Remove(("a", "b")), "a:\r\n  c: 2\r\n"),
        ("# head\na: 1\n", Remove(("a",)), "# head\n"),
        ("a: 1\nb: 2", Remove(("b",)), "a: 1\n"),
        ("l:\n- a: 1\n  b: 2\n", Remove(("l", 0, "b")), "l:\n- a: 1\n"),
        ("'a-b': 1  # x\n", Rename(("a-b",), "aB"), "'aB': 1  # x\n"),
        (
            "a:\n  wrong:\n    c: 1\n",
            Rename(("a", "wrong"), "right"),
            "a:\n  right:\n    c: 1\n",
        ),
    ],
)
def test_an_edit_changes_what_it_must(text: str, fix: Fix, expected: str) -> None:
    assert after(text, fix) == expected


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("x: &x 0.10\na: *x\n", Quote(("a",))),
        ("x: &x 0.10\na: *x\n", Quote(("x",))),
        ("x: &x {b: 1, c: 2}\na:\n  <<: *x\n", Remove(("a", "b"))),
        ("a: &x {b: 1}\nc: *x\n", Remove(("a",))),
        ("l:\n- a: 1\n  b: 2\n", Remove(("l", 0, "a"))),
        ("l:\n- a: 1\n", Remove(("l", 0, "a"))),
        ("a: 1\na: 2\n", Remove(("a",))),
        ("wrong: 1\nright: 2\n", Rename(("wrong",), "right")),
        ("wrong: 1\n", Rename(("wrong",), "yes")),
        ("a: 1\n", Remove(("b",))),
        ("a: [\n", Remove(("a",))),
    ],
)
def test_no_edit_where_it_would_change_more(text: str, fix: Fix) -> None:
    assert after(text, fix) is None


DEAD = "autoscaling:\n  maxReplicas: 4\n"
WRONG = f"# one\nvllm:\n  tensorParalelSize: 1   # two\nimage:\n  tag: 0.10\n{DEAD}podAnnotations:\n  port: 8000\n"
RIGHT = '# one\nvllm:\n  tensorParallelSize: 1   # two\nimage:\n  tag: "0.10"\npodAnnotations:\n  port: "8000"\n'
RULES = "unknown-key,text-altered-by-yaml,setting-without-effect,schema"


def lint(*arguments: str) -> int:
    return run(
        [
            "lint",
            VLLM,
            "--no-render",
            "--select",
            RULES,
            "--fail-on",
            "info",
            *arguments,
        ]
    )


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, "utf-8")


def read(name: str) -> str:
    return Path(f"{name}.yaml").read_text("utf-8")


def test_fix_mends_the_file_and_the_next_run_is_clean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(v=WRONG)
    assert lint("-f", "v.yaml") == 1
    assert "--fix can fix 4 of them" in capsys.readouterr().out
    assert lint("-f", "v.yaml", "--fix") == 0
    assert read("v") == RIGHT
    assert capsys.readouterr().err == "fixed 4 findings in 1 file\n"
    assert lint("-f", "v.yaml", "--fix") == 0
    assert capsys.readouterr().err == "fixed 0 findings in 0 files\n"


def test_what_has_no_one_cure_stays_and_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(v="replicaCount: many\n" + WRONG)
    assert lint("-f", "v.yaml", "--fix") == 1
    out = capsys.readouterr().out
    assert "v.yaml:1:15: error[schema]" in out
    assert "1 error in" in out


def test_diff_shows_the_same_and_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(v=WRONG)
    assert lint("-f", "v.yaml", "--diff") == 1
    shown = capsys.readouterr()
    assert read("v") == WRONG
    assert shown.out.startswith("--- v.yaml\n+++ v.yaml\n@@ ")
    assert {'+  tag: "0.10"', "-  maxReplicas: 4", "-autoscaling:"} <= set(
        shown.out.splitlines()
    )
    assert shown.err == "--fix would fix 4 findings in 1 file\n"
    write(v=RIGHT)
    assert lint("-f", "v.yaml", "--diff") == 0
    assert capsys.readouterr().out == ""


def test_a_last_line_without_an_end_keeps_having_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write(v=WRONG.rstrip("\n"))
    lint("-f", "v.yaml", "--diff")
    patch = capsys.readouterr().out
    assert "\\ No newline at end of file" in patch
    lint("-f", "v.yaml", "--fix")
    assert read("v") == RIGHT.rstrip("\n")
    assert [path.name for path in tmp_path.iterdir()] == ["v.yaml"]


def test_a_dead_key_goes_from_every_layer() -> None:
    write(base=DEAD + "replicaCount: 1\n", prod="autoscaling: {maxReplicas: 8}\n")
    assert lint("-f", "base.yaml", "-f", "prod.yaml", "--fix") == 0
    assert (read("base"), read("prod")) == ("replicaCount: 1\n", "")


def test_a_file_that_another_target_needs_as_it_is_stays() -> None:
    write(base=DEAD, one="replicaCount: 1\n", two="autoscaling: {enabled: true}\n")
    lint("-f", "base.yaml", "--each", "[ot]*.yaml", "--fix")
    assert read("base") == DEAD


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("vllm: {tensorParalelSize: 1, tensorParallelSize: 2}\n", ()),
        ("vllm: {tensorParalelSize: 1}\n", ("--set", "vllm.tensorParallelSize=2")),
        ("vllm: {tensorParalelSize: [1]}\n", ()),
        ("replicaCoun: many\n", ()),
        (f"# helm-llm: ignore[setting-without-effect] soon\n{DEAD}", ()),
        (DEAD, ("--ignore", "setting-without-effect")),
        ("{}\n", ("--set", "autoscaling.maxReplicas=4")),
    ],
)
def test_what_is_not_certain_not_asked_for_or_not_in_a_file_stays(
    text: str, options: tuple[str, ...]
) -> None:
    write(v=text)
    lint("-f", "v.yaml", *options, "--fix")
    assert read("v") == text


def test_neither_line_ends_nor_mark_nor_mode_nor_link_change() -> None:
    Path("real.yaml").write_bytes(b"\xef\xbb\xbfimage:\r\n  tag: 0.10\r\n")
    Path("real.yaml").chmod(0o640)
    Path("v.yaml").symlink_to("real.yaml")
    assert lint("-f", "v.yaml", "--fix") == 0
    assert Path("real.yaml").read_bytes() == b'\xef\xbb\xbfimage:\r\n  tag: "0.10"\r\n'
    assert Path("v.yaml").is_symlink()
    assert Path("real.yaml").stat().st_mode & 0o777 == 0o640


def test_standard_input_is_nobodys_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b"image: {tag: 0.10}\n"))
    )
    assert lint("-f", "-", "--fix") == 1
    assert "fixed 0 findings" in capsys.readouterr().err


def test_the_charts_own_defaults_are_never_changed() -> None:
    Path("chart").mkdir()
    Path("chart/Chart.yaml").write_text("apiVersion: v2\nname: vllm\nversion: 1.0.0\n")
    Path("chart/values.yaml").write_text("image: {tag: 0.10}\n")
    Path("chart/values.schema.json").write_text("{}")
    run(["lint", "chart", "--no-render", "--fix"])
    assert Path("chart/values.yaml").read_text() == "image: {tag: 0.10}\n"
