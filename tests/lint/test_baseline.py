"""A baseline hides the findings it knows, and no other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm.cli import run

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")
RANKS = "vllm:\n  tensorParallelSize: 4\nresources:\n  limits:\n    nvidia.com/gpu: 2\n"
STORAGE = "persistence:\n  existingClaim: models\n  nfs:\n    server: nas.example.org\n"

Lint = Callable[..., tuple[int, str]]


@pytest.fixture
def lint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Lint:
    """lint(options): exit code and output for v.yaml in an empty directory."""
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text(RANKS)

    def call(*arguments: str) -> tuple[int, str]:
        rules = (
            "--select=tensor-parallel-exceeds-gpus,several-storage-backends,yaml-syntax"
        )
        code = run(["lint", VLLM, "-f", "v.yaml", "--no-render", rules, *arguments])
        return code, capsys.readouterr().out

    return call


def test_writing_makes_all_findings_known(lint: Lint) -> None:
    assert lint("--write-baseline=known.json") == (
        0,
        "no findings, 1 baselined in 1 target (1 chart, 1 values file)\n",
    )
    assert lint("--baseline=known.json")[0] == 0
    (line,) = [
        line
        for line in Path("known.json").read_text().splitlines()
        if "tensor-parallel" in line
    ]
    entry = json.loads(line)
    assert list(entry.values())[:3] == [
        "tensor-parallel-exceeds-gpus",
        "v.yaml",
        "vllm.tensorParallelSize",
    ]


def test_lines_may_move(lint: Lint) -> None:
    lint("--write-baseline=known.json")
    Path("v.yaml").write_text("replicaCount: 1\n\n" + RANKS)
    assert lint("--baseline=known.json")[0] == 0


def test_a_changed_value_is_a_new_finding(lint: Lint) -> None:
    lint("--write-baseline=known.json")
    Path("v.yaml").write_text(RANKS.replace("4", "8"))
    code, out = lint("--baseline=known.json")
    assert code == 1
    assert out.endswith(
        "; 1 baseline entry matches nothing: write the baseline again\n"
    )


def test_entries_of_files_that_were_not_read_are_left_alone(lint: Lint) -> None:
    lint("--write-baseline=known.json")
    Path("other.yaml").write_text("replicaCount: 1\n")
    assert (
        run(
            [
                "lint",
                VLLM,
                "-f",
                "other.yaml",
                "--no-render",
                "--baseline=known.json",
                "--select=gpu-absent",
            ]
        )
        == 0
    )
    _, out = lint(
        "--baseline=known.json",
        "--format=json",
        "--ignore=tensor-parallel-exceeds-gpus",
    )
    other, this = out.split("{", 1)
    assert "baseline match" not in other
    assert '"baselineUnmatched": 1' in this


def test_another_finding_is_none_of_it(lint: Lint) -> None:
    lint("--write-baseline=known.json")
    Path("v.yaml").write_text(RANKS + STORAGE)
    code, out = lint("--baseline=known.json", "--format=json")
    report = json.loads(out)
    assert code == 1
    assert [finding["rule"] for finding in report["findings"]] == [
        "several-storage-backends"
    ]
    assert (report["summary"]["baselined"], report["summary"]["baselineUnmatched"]) == (
        1,
        0,
    )


def test_its_paths_do_not_depend_on_the_working_directory(
    lint: Lint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("ci").mkdir()
    lint("--write-baseline=ci/known.json")
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert (
        run(
            [
                "lint",
                VLLM,
                "-f",
                "../v.yaml",
                "--no-render",
                "--baseline=../ci/known.json",
                "--select=gpu",
            ]
        )
        == 0
    )


def test_the_configuration_names_it(lint: Lint) -> None:
    lint("--write-baseline=known.json")
    Path(".helm-llm.yaml").write_text("baseline: known.json\n")
    assert lint()[0] == 0


def test_it_is_sorted_and_the_same_each_time(lint: Lint) -> None:
    Path("v.yaml").write_text(RANKS + STORAGE)
    lint("--write-baseline=one.json")
    lint("--write-baseline=two.json")
    text = Path("one.json").read_text()
    assert text == Path("two.json").read_text()
    assert [entry["rule"] for entry in json.loads(text)["findings"]] == sorted(
        ["several-storage-backends", "tensor-parallel-exceeds-gpus"]
    )


def test_a_file_that_cannot_be_read_is_never_known(lint: Lint) -> None:
    Path("v.yaml").write_text("a: [1\n")
    assert lint("--write-baseline=known.json")[0] == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"findings": [{"rule": "a"}]}', None]
)
def test_what_is_no_baseline_is_an_error(lint: Lint, text: str | None) -> None:
    if text is not None:
        Path("known.json").write_text(text)
    assert lint("--baseline=known.json")[0] == 2
