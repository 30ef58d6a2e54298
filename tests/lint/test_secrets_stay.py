"""A secret that is planted anywhere comes out nowhere but in the user's own files."""

import base64
import itertools
import shutil
import urllib.parse
from pathlib import Path

import pytest

from helm_llm.cli import run
from helm_llm.lint.reporters import FORMATS

ROOT = Path(__file__).parents[2]
VLLM = str(ROOT / "charts" / "vllm")

CANARY = "cNry7/wQ+9 x&2"
"""Of a form that nobody knows; JSON, YAML, XML, URLs and base64 all write it differently."""
WORD = "Xq7canaryWv2"
SHORT = "c4n"
HUB = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"

LINES = f"""\
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{WORD}
BKcwggSjAgEAAoIBAQDKvzk7{WORD}ZxM
-----END PRIVATE KEY-----"""


def forms(secret: str) -> set[str]:
    """What must not be seen of a secret: as it is, in a URL, and in base64 at each place of a group of three."""
    plain = {
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
    }
    data = secret.encode()
    inner = {
        base64.b64encode(b"-" * shift + data).decode().rstrip("=")[4:-4]
        for shift in range(3)
        if len(data) > 11
    }
    return plain | inner


class Program:
    """The program, and all that leaves it."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(
        self,
        helm: str | None,
        *arguments: str,
        codes: tuple[int, ...] = (0, 1, 2),
        **environment: str,
    ) -> str:
        """What a run prints."""
        if helm:
            self._monkeypatch.setenv("HELM_BIN", helm)
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
        code = run(arguments)
        captured = self._capsys.readouterr()
        output = captured.out + captured.err
        assert code in codes, output
        return output

    def all_of(self, helm: str, *arguments: str) -> str:
        """What is printed and written in every format, with --diff, as a baseline and by --fix."""
        self._monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
        own = {path for path in Path().rglob("*") if path.is_file()}
        files = [f"--format={name}=report.{name}" for name in FORMATS if name != "text"]
        runs = [
            self(
                helm,
                "lint",
                *arguments,
                *files,
                "--format=text",
                "--write-baseline=known.json",
            ),
            self(helm, "lint", *arguments, "--no-render", "--diff"),
            self(helm, "lint", *arguments, "--no-render", "--fix", "--format=github"),
        ]
        written = [
            path.read_text("utf-8")
            for path in Path().rglob("*")
            if path.is_file() and path not in own
        ]
        return "\n".join([*runs, *written])


@pytest.fixture
def program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Program:
    """In an empty directory."""
    monkeypatch.chdir(tmp_path)
    return Program(capsys, monkeypatch)


VALUES = {
    "the key made for it": "apiKey: {value: SECRET}\nreplicaCount: many\n",
    "a list in its place": "apiKey: {value: [SECRET]}\n",
    "a map in its place": "apiKey: {value: {a: {b: SECRET}}}\n",
    "a parent of the wrong type": "apiKey: SECRET\n",
    "a list as parent": "apiKey: [SECRET, {value: SECRET}]\n",
    "an unknown key below it": "apiKey: {valeu: SECRET}\n",
    "an unknown key of that name": "ngcAPIKey: SECRET\nmy_token: SECRET\ndbPassword: SECRET\nOPENAI_API_KEY: SECRET\n",
    "a map named secret": "secret: {data: {a: SECRET}, any: SECRET}\n",
    "a plural": "apiKeys: [SECRET, SECRET]\ncredentials: {a: SECRET}\n",
    "an environment": "vllm: {env: [{name: HF_TOKEN, value: SECRET}, {name: A, valu: 1}]}\n",
    "a map of variables": "vllm: {env: {HF_TOKEN: SECRET}}\n",
    "an alias": "podLabels: {a: &a SECRET}\napiKey: {value: *a}\n",
    "a merged mapping": "x: &x {value: SECRET}\napiKey: {<<: *x}\n",
    "arguments": "vllm: {additionalArgs: [--api-key, SECRET, --max-model-len, SECRET]}\n",
    "several keys": "vllm: {additionalArgs: [--api-key, other-key-1, SECRET, --api-key, SECRET]}\n",
    "where it is no secret too": "apiKey: {value: SECRET}\npodLabels: {a: SECRET}\nimage: {tag: SECRET}\nx: SECRET\n",
    "as a key": "apiKey: {value: SECRET}\nSECRET: 1\npodLabels: {SECRET: SECRET}\n",
    "twice": "apiKey: {value: SECRET}\napiKey: {value: SECRET}\n",
    "an object of Kubernetes": "extraObjects: [{kind: Secret, stringData: {a: SECRET}}]\n",
    "broken after it": "apiKey:\n  value: SECRET\nvllm: [\n",
    "broken in it": "apiKey: {value: SECRET\n",
    "broken by it": "apiKey:\n  value: SECRET: SECRET\n  bad\n",
    "a comment on it": "# apiKey: SECRET\nreplicaCount: many # token=SECRET\n",
    "an integer where text belongs": "replicaCount: many\napiKey: {value: 837465019283}\n",
    "with a tag": "apiKey: {value: !!str SECRET}\nreplicaCount: !!int 12\n",
}


CASES = [
    (name, quote)
    for name in VALUES
    for quote in ("bare", "quoted")
    if quote == "bare" or not name.startswith("a comment")  # which quotes nothing
]


@pytest.mark.parametrize(("name", "quote"), CASES)
def test_a_secret_of_a_values_file_stays_there(
    program: Program, helm4: str, name: str, quote: str
) -> None:
    secret = WORD if quote == "bare" else CANARY
    written = WORD if quote == "bare" else f'"{CANARY}"'
    Path("v.yaml").write_text(VALUES[name].replace("SECRET", written), "utf-8")
    output = program.all_of(helm4, VLLM, "-f", "v.yaml")
    assert not [
        form
        for form in forms(secret) | {"837465019283", "8.37465019283e+11"}
        if form in output
    ]


ELSEWHERE_TOO = (
    "a comment on it",
    "where it is no secret too",
    "arguments",
    "as a key",
    "broken by it",
)
"""A short one cannot be masked there: it may be a part of any word."""


@pytest.mark.parametrize("name", [name for name in VALUES if name not in ELSEWHERE_TOO])
def test_a_short_secret_is_masked_where_it_is(program: Program, name: str) -> None:
    Path("v.yaml").write_text(VALUES[name].replace("SECRET", SHORT), "utf-8")
    output = program(None, "lint", VLLM, "-f", "v.yaml", "--no-render")
    assert SHORT not in output


@pytest.mark.parametrize(
    "text",
    [
        f"podLabels: {{a: {HUB}}}\nreplicaCount: {HUB}\n",
        f"serviceAccount: {HUB}\n",
        "image: {repository: https://user:SECRET@host/image}\nreplicaCount: https://user:SECRET@host\n",
        "prescript: |\n  export HF_TOKEN=SECRET; vllm --api-key SECRET\n  curl -H 'X-API-Key: SECRET' http://u:SECRET@h\n",
        "vllm: {additionalArgs: [--api-key=SECRET, --api-key=SECRET, --max-model-len=SECRET]}\n",
        "vllm: {extraArgs: 'vllm serve --api-key SECRET --api-key=SECRET'}\n",
        'podAnnotations: {a: \'{"auth": {"password": "SECRET"}}\', b: SECRET}\n',
        "podAnnotations: {a: 'Authorization: Bearer SECRET', b: SECRET}\n",
    ],
)
def test_a_secret_known_by_its_form_or_by_the_words_before_it_stays(
    program: Program, helm4: str, text: str
) -> None:
    Path("v.yaml").write_text(text.replace("SECRET", WORD), "utf-8")
    output = program.all_of(helm4, VLLM, "-f", "v.yaml")
    assert not [form for form in forms(WORD) | forms(HUB) if form in output]


def test_a_private_key_stays_line_by_line(program: Program, helm4: str) -> None:
    body = "".join(f"    {line}\n" for line in LINES.splitlines())
    Path("v.yaml").write_text(
        f"multiNode:\n  privateKey: |\n{body}podLabels:\n  x: |\n{body}", "utf-8"
    )
    output = program.all_of(helm4, VLLM, "-f", "v.yaml")
    assert WORD not in output
    assert "MIIEvQIBADAN" not in output


OPTIONS = [
    ["--set", "apiKey.value=SECRET"],
    ["--set", "apiKey.value=SECRET,foo"],
    ["--set", "apiKey.value=SECRET,SECRET"],
    ["--set", "apiKey={SECRET"],
    ["--set", "apiKey={value:SECRET}"],
    ["--set", "apiKey[0]=SECRET"],
    ["--set", "apiKey.value.b[SECRET]=SECRET"],
    ["--set=apiKey.value=SECRET,vllm.additionalArgs={--api-key,SECRET}"],
    ["--set", "vllm.env[0].name=HF_TOKEN,vllm.env[0].value=SECRET"],
    ["--set-string", "apiKey.value=SECRET,replicaCount=SECRET"],
    ["--set-literal", "apiKey.value=SECRET"],
    ["--set-json", 'apiKey={"value": "SECRET"}'],
    ["--set-json", 'apiKey={"value": "SECRET"'],
    ["--set-json", "apiKey=SECRET"],
    ["--set-json", '{"apiKey": {"value": "SECRET"}}'],
    ["--set-json", '{"apiKey": {"value": "SECRET"}} SECRET'],
    ["--set-file", "apiKey.value=secret.txt", "--set", "replicaCount=SECRET"],
    ["--set", "replicaCount=SECRET", "--set", "huggingfaceToken.value=SECRET"],
    ["--set"],
    ["--api-key=SECRET"],
    ["--token", "SECRET", "SECRET"],
    ["--set", "apiKey.value=SECRET", "--formt=SECRET"],
    ["--set", "apiKey.value=SECRET", "--format=SECRET"],
    ["--set", "apiKey.value=SECRET", "--config=SECRET"],
    ["--set", "apiKey.value=SECRET", "-f", "SECRET"],
    ["--set", "apiKey.value=SECRET", "-f", "v.yaml", "--fail-on", "SECRET"],
]


@pytest.mark.parametrize("arguments", OPTIONS, ids=" ".join)
def test_a_secret_of_an_option_stays_there(
    program: Program, helm: str, arguments: list[str]
) -> None:
    Path("v.yaml").write_text("vllm: {maxModelLen: many}\n", "utf-8")
    Path("secret.txt").write_text(WORD, "utf-8")
    given = [argument.replace("SECRET", WORD) for argument in arguments]
    for rendering, more in itertools.product(
        ([], ["--no-render"]), (["-f", "v.yaml"], [])
    ):
        output = program(
            helm,
            "lint",
            VLLM,
            *rendering,
            *more,
            *given,
            "--format=json=a.json",
            "--write-baseline=b.json",
        )
        for path in (Path("a.json"), Path("b.json")):
            output += path.read_text("utf-8") if path.exists() else ""
        assert not [form for form in forms(WORD) if form in output], output


TEMPLATES = [
    '{{ fail (printf "no: %s" .Values.apiKey.value) }}',
    '{{ fail (printf "no: %q" .Values.apiKey.value) }}',
    '{{ fail (printf "no: %s" (b64enc .Values.apiKey.value)) }}',
    '{{ fail (printf "no: %s" (b64enc (printf "u:%s" .Values.apiKey.value))) }}',
    '{{ fail (printf "no: %s" (urlquery .Values.apiKey.value)) }}',
    '{{ fail (printf "no: %s" (toJson .Values)) }}',
    '{{ fail (printf "no: %s" (toYaml .Values)) }}',
    '{{ fail (printf "no: %v" .Values) }}',
    "{{ .Values.apiKey.value | int64 | atoi }}{{ include .Values.apiKey.value . }}",
    "a: [{{ .Values.apiKey.value }}\nb",
    "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.apiKey.value | quote }}, labels: {a: [1]}}",
]


@pytest.mark.parametrize("secret", [CANARY, WORD])
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_templates_print_is_masked(
    program: Program, helm: str, template: str, secret: str
) -> None:
    Path("chart/templates").mkdir(parents=True)
    Path("chart/Chart.yaml").write_text(
        "apiVersion: v2\nname: other\nversion: 1.0.0\n", "utf-8"
    )
    Path("chart/values.yaml").write_text('apiKey:\n  value: ""\n', "utf-8")
    Path("chart/templates/a.yaml").write_text(template, "utf-8")
    Path("v.yaml").write_text(f'apiKey:\n  value: "{secret}"\n', "utf-8")
    output = program(helm, "lint", "chart", "-f", "v.yaml")
    assert not [form for form in forms(secret) if form in output], output


def test_a_default_of_another_chart_is_a_secret_too(
    program: Program, helm4: str
) -> None:
    Path("chart/templates").mkdir(parents=True)
    Path("chart/Chart.yaml").write_text(
        "apiVersion: v2\nname: other\nversion: 1.0.0\n", "utf-8"
    )
    Path("chart/values.yaml").write_text(f"db:\n  password: {WORD}\n", "utf-8")
    Path("chart/templates/a.yaml").write_text(
        '{{ fail (printf "no: %s" .Values.db.password) }}', "utf-8"
    )
    assert WORD not in program(helm4, "lint", "chart")


def test_the_environment_and_the_configuration_are_masked(
    program: Program, helm4: str
) -> None:
    other = "Pz3otherKj8"
    shutil.copytree(VLLM, "vllm")
    Path("v.yaml").write_text(f"podLabels: {{a: [{WORD}, {other}]}}\n", "utf-8")
    Path(".helm-llm.yaml").write_text(
        f"targets:\n- chart: ./vllm\n  values: [v.yaml]\n  set: [apiKey.value={other}]\n",
        "utf-8",
    )
    output = program(helm4, "lint", MY_TOKEN=WORD)
    assert "podLabels" in output
    assert not [form for form in forms(WORD) | forms(other) if form in output]
    Path(".helm-llm.yaml").write_text(
        f"targets:\n- chart: ./vllm\n  set: apiKey.value={other}\n", "utf-8"
    )
    assert other not in program(helm4, "lint")


@pytest.mark.parametrize("debug", ["true", "false"])
def test_a_failure_of_ours_shows_no_secret(
    program: Program, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    """A tool that breaks in the middle, and a bug: what is raised quotes the secret."""
    broken = Path("helm")
    broken.write_text(f"#!/bin/sh\necho 'Error: token {WORD}' >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    option = ("--set", f"apiKey.value={WORD}")
    assert WORD not in program(
        str(broken.resolve()), "lint", VLLM, *option, codes=(3,), HELM_DEBUG=debug
    )

    def breaks(*_: object) -> None:
        raise ZeroDivisionError(f"at {WORD}")

    monkeypatch.setattr("helm_llm.lint.command.LintOptions.of", breaks)
    output = program(None, "lint", VLLM, *option, codes=(3,), HELM_DEBUG=debug)
    assert "ZeroDivisionError" in output
    assert ("Traceback" in output) == (debug == "true")
    assert WORD not in output


def test_fix_writes_the_secret_where_it_was(program: Program) -> None:
    text = f"apiKey:\n  value: {WORD}\nimage:\n  tag: 0.10\nhuggingfaceToken: {{value: 0123456}}\n"
    Path("v.yaml").write_text(text, "utf-8")
    output = program(None, "lint", VLLM, "-f", "v.yaml", "--no-render", "--fix")
    assert (
        Path("v.yaml")
        .read_text("utf-8")
        .startswith(f'apiKey:\n  value: {WORD}\nimage:\n  tag: "0.10"\n')
    )
    assert WORD not in output


@pytest.mark.parametrize(
    "value",
    [
        "true",
        "1",
        "vllm",
        '""',
        "vllm/vllm-openai",
        "auto",
        "8000",
        "null",
        "model",
        "<key>",
    ],
)
def test_an_ordinary_word_is_masked_only_where_it_is_a_secret(
    program: Program, value: str
) -> None:
    text = f"apiKey: {{value: {value}, valeu: {value}}}\nreplicaCount: many\nvllm: {{tensorParalelSize: 1}}\n"
    Path("v.yaml").write_text(text, "utf-8")
    lines = program(None, "lint", VLLM, "-f", "v.yaml", "--no-render").splitlines()
    assert (
        'v.yaml:2:15: error[schema] replicaCount is string "many", expected a whole number or null'
        in lines
    )
    assert "    2 | replicaCount: many" in lines
    assert (
        "v.yaml:3:8: error[unknown-key] vllm has no key vllm.tensorParalelSize, did you mean tensorParallelSize?"
        in lines
    )
    assert "    3 | vllm: {tensorParalelSize: 1}" in lines
    assert " in 1 target (1 chart, 1 values file); --fix can fix " in lines[-1]
    if value == "<key>":
        assert "    1 | apiKey: {value: <key>, valeu: <key>}" in lines
    elif value not in ("true", "null", '""'):
        assert "    1 | apiKey: {value: ***, valeu: ***}" in lines
