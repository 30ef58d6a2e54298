"""What .helm-llm.yaml says, and what is said when it is wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from helm_llm.checkout import TRUST
from helm_llm.cli import run
from helm_llm.lint.config.config import find_config
from helm_llm.lint.config.file import SCHEMA
from helm_llm.lint.config.reader import read_config
from helm_llm.set_option import SetOption

VLLM = str(Path(__file__).parents[2] / "charts" / "vllm")
RANKS = "vllm:\n  tensorParallelSize: 4\nresources:\n  limits:\n    nvidia.com/gpu: 2\n"

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with values, the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(TRUST, "1")  # the chart is ours, outside of it
    (tmp_path / ".git").mkdir()
    (tmp_path / "base.yaml").write_text("replicaCount: 1\n")
    for name in ("a", "b"):
        (tmp_path / "envs" / name).mkdir(parents=True)
        (tmp_path / "envs" / name / "values.yaml").write_text(RANKS)
    return tmp_path


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Cli:
    """lint(options): exit code and both outputs."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["lint", "--no-render", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def write(text: str, directory: str = ".") -> str:
    file = Path(directory) / ".helm-llm.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("VLLM", VLLM))
    return str(file)


class TestTargets:
    def test_without_arguments_they_are_linted(self, lint: Cli) -> None:
        write(
            "targets:\n  - chart: VLLM\n    values: [base.yaml]\n"
            "    each: ['envs/*/values.yaml']\n    set: [replicaCount=2]\n"
        )
        code, out, _ = lint("--select=tensor-parallel-exceeds-gpus", "--format=json")
        targets = [target["values"] for target in json.loads(out)["targets"]]
        assert (code, targets) == (
            1,
            [["base.yaml", f"envs/{name}/values.yaml"] for name in "ab"],
        )

    def test_a_chart_on_the_command_line_replaces_them(self, lint: Cli) -> None:
        write("targets: [{chart: VLLM, values: [envs/a/values.yaml]}]\n")
        assert (
            lint(VLLM, "-f", "base.yaml", "--select=tensor-parallel-exceeds-gpus")[0]
            == 0
        )

    def test_values_may_be_globs(self) -> None:
        (target,) = read_config(
            write("targets: [{chart: VLLM, values: [base.yaml, 'envs/*/*.yaml']}]\n")
        ).targets
        assert target.files == ("base.yaml", "envs/a/values.yaml", "envs/b/values.yaml")

    def test_paths_are_relative_to_the_file(self) -> None:
        (target,) = read_config(
            write("targets: [{chart: ../chart, values: [../base.yaml]}]\n", "deploy")
        ).targets
        assert (target.chart, target.files) == ("chart", ("base.yaml",))

    def test_a_chart_of_a_repository_is_no_path(self) -> None:
        references = [
            target.chart
            for target in read_config(
                write("targets: [{chart: repo/vllm}, {chart: oci://r/vllm}]\n")
            ).targets
        ]
        assert references == ["repo/vllm", "oci://r/vllm"]

    def test_options_and_rendering(self) -> None:
        text = "targets:\n  - {chart: VLLM, set: [a=1], setString: [b=2], setJson: ['c=[]'], setLiteral: [d=3],\n"
        text += "     releaseName: llm, namespace: ai, kubeVersion: '1.34', apiVersions: [a/v1]}\n"
        (target,) = read_config(write(text)).targets
        assert target.options == (
            SetOption("--set-json", "c=[]"),
            SetOption("--set", "a=1"),
            SetOption("--set-string", "b=2"),
            SetOption("--set-literal", "d=3"),
        )
        assert target.release == "llm"
        assert target.arguments == (
            "--namespace=ai",
            "--kube-version=1.34",
            "--api-versions=a/v1",
        )


class TestWhereItIs:
    def test_above_the_working_directory(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("failOn: never\n")
        monkeypatch.chdir(project / "envs" / "a")
        assert find_config() == "../../.helm-llm.yaml"

    def test_not_above_the_repository(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("failOn: never\n")
        (project / "envs" / ".git").mkdir()
        monkeypatch.chdir(project / "envs" / "a")
        assert find_config() is None

    def test_an_option_names_another(self, lint: Cli) -> None:
        write("failOn: never\n", "other")
        arguments = [
            VLLM,
            "-f",
            "envs/a/values.yaml",
            "--select=tensor-parallel-exceeds-gpus",
        ]
        assert lint(*arguments)[0] == 1
        assert lint(*arguments, "--config=other/.helm-llm.yaml")[0] == 0


class TestRules:
    ARGUMENTS = (VLLM, "-f", "envs/a/values.yaml")

    @pytest.mark.parametrize(
        ("config", "options", "code"),
        [
            ("select: [storage]", (), 0),
            ("select: [storage]", ("--select=gpu",), 1),
            ("select: [gpu]", (), 1),
            ("select: [gpu]", ("--ignore=gpu",), 2),
            ("ignore: [tensor-parallel-exceeds-gpus]\nselect: [gpu]", (), 0),
            ("ignore: [tensor-parallel-exceeds-gpus]", ("--select=gpu",), 1),
            ("select: [gpu]\nseverity: {tensor-parallel-exceeds-gpus: warning}", (), 0),
            (
                "select: [gpu]\nseverity: {tensor-parallel-exceeds-gpus: warning}\nfailOn: warning",
                (),
                1,
            ),
            ("select: [gpu]\nfailOn: never", (), 0),
            ("select: [gpu]\nfailOn: never", ("--fail-on=error",), 1),
        ],
    )
    def test_the_command_line_beats_the_file(
        self, lint: Cli, config: str, options: tuple[str, ...], code: int
    ) -> None:
        write(config + "\n")
        assert lint(*self.ARGUMENTS, *options)[0] == code

    def test_a_suppression_of_a_rule_that_the_file_ignores_is_not_unused(
        self, lint: Cli
    ) -> None:
        write(
            "ignore: [tensor-parallel-exceeds-gpus]\nfailOn: info\nselect: [housekeeping]\n"
        )
        Path("base.yaml").write_text(
            "replicaCount: 1  # helm-llm: ignore[tensor-parallel-exceeds-gpus] why\n"
        )
        assert lint(VLLM, "-f", "base.yaml")[0] == 0

    def test_facts_reach_the_rules(self) -> None:
        Path("config.json").write_text('{"num_attention_heads": 32}')
        text = "facts:\n  nodes: 1\n  gpu: H100-80GB\n  podSecurity: restricted\n  kserve: '0.19'\n  vllm: '0.11.0'\n"
        facts = read_config(write(text + "  modelConfig: ./config.json\n")).facts
        assert (facts.nodes, facts.gpu, facts.pod_security, facts.kserve) == (
            1,
            "H100-80GB",
            "restricted",
            "0.19",
        )
        assert (facts.vllm, facts.model_config) == (
            "0.11.0",
            {"num_attention_heads": 32},
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("targts: []\n", ":1:1: there is no key targts, did you mean targets?"),
        (
            "targets:\n  - chart: VLLM\n    value: [a.yaml]\n",
            ":3:5: there is no key targets[0].value, did you mean values?",
        ),
        ("targets:\n  - values: []\n", ":2:5: targets[0].chart is missing"),
        (
            "facts:\n  nodes: many\n",
            ':2:3: facts.nodes is string "many", expected a whole number',
        ),
        (
            "facts:\n  vllm: 0.11\n",
            ':2:3: facts.vllm is number 0.11, expected a string: quote it: "0.11"',
        ),
        ("facts:\n  podSecurity: strict\n", ":2:3: facts.podSecurity is"),
        (
            "facts:\n  modelConfig: no.json\n",
            ":2:3: cannot read the model config no.json: No such file",
        ),
        ("facts:\n  modelConfig: base.yaml\n", ":2:3: base.yaml:1:1: not JSON"),
        ("failOn: eror\n", ":1:1: failOn is"),
        (
            "select:\n  - gpu\n  - storag\n",
            ":3:5: no rule, area or prefix is called 'storag', did you mean storage?",
        ),
        (
            "ignore: [gpus-idl]\n",
            ":1:10: no rule, area or prefix is called 'gpus-idl', did you mean gpus-idle?",
        ),
        (
            "severity:\n  gpus-idl: error\n",
            ":2:3: there is no rule 'gpus-idl', did you mean gpus-idle?",
        ),
        ("severity:\n  gpus-idle: fatal\n", ":2:3: severity.gpus-idle is"),
        (
            "targets:\n  - chart: VLLM\n    values:\n      - no.yaml\n",
            ":4:9: there is no file no.yaml",
        ),
        (
            "targets:\n  - chart: VLLM\n    each: ['no/*.yaml']\n",
            ":2:5: --each no/*.yaml matches no file",
        ),
        ("targets: [\n", ":2:1: "),
        ("- a\n", ":1:1: "),
        ("failOn: info\nfailOn: error\n", ":2:1: duplicate key failOn"),
    ],
)
def test_a_mistake_is_named_where_it_stands(lint: Cli, text: str, says: str) -> None:
    write(text)
    code, out, err = lint(VLLM)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: .helm-llm.yaml{says}")


def test_an_absent_file_is_an_error(lint: Cli) -> None:
    code, _, err = lint(VLLM, "--config=no.yaml")
    assert code == 2
    assert "no.yaml" in err


def test_the_schema_is_one_that_editors_can_use() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema_rs.meta.validate(schema)
    assert jsonschema_rs.is_valid(
        schema, yaml.safe_load("targets: [{chart: a}]\nfailOn: info\n")
    )
