"""Values of a dependency on one of our charts are linted where the parent's files give them."""

import shutil
from pathlib import Path

import pytest
import yaml

from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, start_renders
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.selection import select_rules
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption
from helm_llm.tools.helm import Helm

CHARTS = Path(__file__).parents[2] / "charts"
DEPENDENCIES = [
    {"name": "vllm", "version": "*"},
    {"name": "vllm", "alias": "chat", "version": "*", "condition": "chat.enabled"},
    {"name": "nim-llm", "version": "*", "tags": ["nim"]},
]


@pytest.fixture(autouse=True)
def _umbrella(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An umbrella chart in the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("vllm", "nim-llm"):
        shutil.copytree(CHARTS / name, f"umbrella/charts/{name}")
    metadata = {
        "apiVersion": "v2",
        "name": "umbrella",
        "version": "0.1.0",
        "dependencies": DEPENDENCIES,
    }
    Path("umbrella/Chart.yaml").write_text(yaml.safe_dump(metadata))
    Path("umbrella/values.yaml").write_text(
        "chat:\n  enabled: false\ntags:\n  nim: false\n"
    )


def lint(
    text: str, *options: str, rules: str = "tensor-parallel-exceeds-gpus"
) -> tuple[Finding, ...]:
    Path("v.yaml").write_text(text)
    run = Run(select_rules(RULES, [rules], []))
    run.lint(
        Target(
            "umbrella",
            ("v.yaml",),
            tuple(SetOption("--set", option) for option in options),
        )
    )
    return run.report().findings


RANKS = "vllm: {tensorParallelSize: 4}, resources: {limits: {nvidia.com/gpu: 2}}"


def test_a_finding_lies_in_the_parents_file() -> None:
    (finding,) = lint(f"vllm: {{{RANKS}}}\n")
    assert str(finding.place) == "v.yaml:1:35"
    assert finding.path == ("vllm", "vllm", "tensorParallelSize")
    assert [related.path[:2] for related in finding.related] == [("vllm", "resources")]


def test_an_option_reaches_below_the_name() -> None:
    (finding,) = lint(f"vllm: {{{RANKS}}}\n", "vllm.vllm.tensorParallelSize=8")
    assert str(finding.place) == "--set vllm.vllm.tensorParallelSize=8"


def test_each_alias_is_a_server_of_its_own() -> None:
    found = lint(f"vllm: {{{RANKS}}}\nchat: {{enabled: true, {RANKS}}}\n")
    assert [finding.path[0] for finding in found] == ["vllm", "chat"]


@pytest.mark.parametrize(
    ("name", "switch"), [("chat", "chat.enabled"), ("nim-llm", "tags.nim")]
)
def test_a_dependency_that_is_off_is_not_linted(name: str, switch: str) -> None:
    text = f"{name}:\n  persistence:\n    enabled: true\n  hostPath:\n    enabled: true\n    path: /models\n"
    text = text if name == "nim-llm" else f"{name}: {{{RANKS}}}\n"
    rules = "several-storage-backends,tensor-parallel-exceeds-gpus"
    assert lint(text, rules=rules) == ()
    assert [
        finding.path[0] for finding in lint(text, f"{switch}=true", rules=rules)
    ] == [name]


def test_the_parents_defaults_are_a_users_choice() -> None:
    Path("umbrella/values.yaml").write_text(
        f"chat: {{enabled: false}}\ntags: {{nim: false}}\nvllm: {{{RANKS}}}\n"
    )
    (finding,) = lint("")
    assert (finding.place.file, finding.place.line, finding.place.origin) == (
        "umbrella/values.yaml",
        3,
        "file",
    )


def test_a_comment_in_the_parents_file_suppresses() -> None:
    assert (
        lint(
            f"vllm: {{{RANKS}}}  # helm-llm: ignore[tensor-parallel-exceeds-gpus] why\n"
        )
        == ()
    )


def test_rules_on_all_values_speak_once() -> None:
    text = "vllm:\n  huggingfaceToken:\n    value: &t hf_abcdefghijklmnopqrstuvwxyzabcdefgh\n"
    assert len(lint(text, rules="secret-in-plain-values")) == 1


def test_defaults_of_an_umbrella_give_no_error() -> None:
    run = Run(RULES)
    run.lint(Target("umbrella"))
    assert [
        finding
        for finding in run.report().findings
        if finding.rule.severity.name == "ERROR"
    ] == []


OWN = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: own}
spec:
  template:
    spec:
      containers:
        - image: vllm/vllm-openai:v0.20.0
          args: [m, --tensor-parallel-size=8]
          resources: {limits: {nvidia.com/gpu: 4}}
"""


def test_what_our_charts_render_to_is_not_linted_a_second_time(helm: str) -> None:
    Path("umbrella/templates").mkdir()
    Path("umbrella/templates/own.yaml").write_text(OWN)
    values = f"vllm: {{{RANKS}}}\nchat: {{enabled: true, {RANKS}}}\n"
    Path("v.yaml").write_text(values)
    target, options = (
        Target("umbrella", ("v.yaml",)),
        RenderOptions(arguments=("--kube-version=1.34.0",)),
    )
    (render,) = start_renders(Helm(helm), [target], options)
    run = Run(select_rules(RULES, ["tensor-parallel-exceeds-gpus"], []))
    run.lint(target, render)
    places = [
        (finding.place.origin, finding.path[0]) for finding in run.report().findings
    ]
    assert sorted(places) == [
        ("file", "chat"),
        ("file", "vllm"),
        ("manifest", "Deployment own"),
    ]


def test_messages_name_paths_of_the_parents_values() -> None:
    requests = "vllm: {resources: {requests: {nvidia.com/gpu: 1}}}\n"
    (finding,) = lint(requests, rules="gpu-request-without-limit")
    assert finding.help == r"set vllm.resources.limits.nvidia\.com/gpu to 1"
