"""Traps in a checkout for the user who lints it. `outside/` is not part of the checkout."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fuzz import charts

VLLM = charts.files_of("vllm")
SMALL = charts.printing(b"kind: ConfigMap\n")
EVIL = b'#!/bin/sh\ntouch "$RAN"\ncat\n'
"""$RAN is a file in outside/ that nothing else creates. OUTSIDE becomes the path of outside/."""

_TARGET = "targets:\n- chart: chart\n  values: [v.yaml]\n"
_OPTIONS = (
    "--post-renderer=./evil.sh",
    "--post-renderer=pwn",
    "--output-dir=pwn",
    "--debug",
    "--dry-run=server",
)


@dataclass(frozen=True)
class Trap:
    """A checkout, and how an unsuspecting user lints it."""

    files: Mapping[str, bytes]
    links: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    own_process: bool = False
    """Whether the trap affects the start of the interpreter."""


def configured(text: str, chart: Mapping[str, bytes] = SMALL) -> Trap:
    """Return a chart with values and this configuration, linted without arguments."""
    return Trap(
        {
            **chart,
            "evil.sh": EVIL,
            "v.yaml": b"replicas: 1\n",
            "d/": b"",
            ".helm-llm.yaml": text.encode(),
        }
    )


def _configuration_traps() -> dict[str, Trap]:
    """Strings in .helm-llm.yaml that are options, commands or paths."""
    traps = {
        f"releaseName {option}": configured(f"{_TARGET}  releaseName: {option}\n")
        for option in _OPTIONS
    }
    for key in ("namespace", "kubeVersion", "version"):
        traps[f"{key} an option"] = configured(
            f"{_TARGET}  {key}: --post-renderer=./evil.sh\n"
        )
    traps["apiVersions an option"] = configured(
        f"{_TARGET}  apiVersions: [--post-renderer=./evil.sh]\n"
    )
    traps["namespace of two lines"] = configured(
        f'{_TARGET}  namespace: "x\\n::error title=planted::x\\e[31m"\n'
    )
    for option in (
        "--post-renderer=./evil.sh",
        "evil://x",
        "evil://x/y.tgz",
        "-",
        "--debug",
        "../outside/chart",
        "OUTSIDE/chart",
    ):
        traps[f"chart {option}"] = configured(
            f"targets: [{{chart: '{option}', values: [v.yaml]}}]\n"
        )
    for file in (
        "--post-renderer=./evil.sh",
        "evil://x",
        "s3:/x",
        "../outside/secret.yaml",
        "OUTSIDE/secret.yaml",
        "/dev/zero",
        "-",
    ):
        traps[f"values {file}"] = configured(
            f"targets: [{{chart: chart, values: ['{file}']}}]\n", VLLM
        )
        traps[f"each {file}"] = configured(
            f"targets: [{{chart: chart, each: ['{file}']}}]\n", VLLM
        )
    for text in (
        "a=$(touch $RAN)",
        "a=${HF_TOKEN}",
        "podLabels.x=`id`",
        "--post-renderer=./evil.sh",
        'a={{env "HF_TOKEN"}}',
    ):
        traps[f"set {text}"] = configured(f"{_TARGET}  set: ['{text}']\n")
    traps["setFile is not a key"] = configured(
        f"{_TARGET}  setFile: ['podLabels.x=../outside/secret.yaml']\n"
    )
    traps["model config outside"] = configured(
        f"{_TARGET}facts: {{modelConfig: ../outside/model.json}}\n", VLLM
    )
    traps["model config no JSON"] = configured(
        f"{_TARGET}facts: {{modelConfig: ../outside/secret.yaml}}\n"
    )
    traps["model config a device"] = configured(
        f"{_TARGET}facts: {{modelConfig: /dev/zero}}\n"
    )
    traps["baseline outside"] = configured(
        f"{_TARGET}baseline: ../outside/secret.yaml\n"
    )
    traps["baseline of another"] = configured(
        f"{_TARGET}baseline: ../outside/baseline.json\n"
    )
    traps["tags of Python"] = configured(
        "!!python/object/apply:os.system ['touch $RAN']\n"
    )
    traps["tags of Python below"] = configured(
        "targets: !!python/object/apply:os.system ['touch $RAN']\n"
    )
    return traps


def _name_traps() -> dict[str, Trap]:
    """Directories and files whose names are options, addresses, lists or escape sequences."""
    values = b"replicaCount: x\npodLabels: {x: yes}\n"
    names = [
        "--debug.yaml",
        "-f.yaml",
        "a,b.yaml",
        'q"q.yaml',
        "evil:/x.yaml",
        "s3:/x.yaml",
        "\x1b[31mred.yaml",
        "x\n::error title=planted::y.yaml",
    ]
    names += [
        "\u202egnp.yaml",
        "{{.yaml",
        "$(touch $RAN).yaml",
        "a;touch $RAN;.yaml",
        " .yaml",
        "=.yaml",
        "evil:x.yaml",
    ]
    each = b"targets: [{chart: chart, each: ['**/*.yaml']}]\n"
    traps = {
        f"file {name!r}": Trap(
            {
                **SMALL,
                f"overlays/{name}": values,
                ".helm-llm.yaml": b"targets: [{chart: chart, each: ['overlays/**/*.yaml']}]\n",
            }
        )
        for name in names
    }
    traps.update(
        {
            f"file {name!r} in the top": Trap(
                {**SMALL, name: values, ".helm-llm.yaml": each}
            )
            for name in names[:6]
        }
    )
    for name in (
        "--post-renderer=./evil.sh",
        "--output-dir=pwn",
        "--debug",
        "-f",
        "evil:/x",
        "\x1b[31m",
        "x\n::error title=planted::y",
        "\u202ex",
        "a,b",
    ):
        moved = {
            file.replace("chart/", f"{name}/", 1): content
            for file, content in SMALL.items()
        }
        traps[f"chart directory {name!r}"] = Trap(
            {**moved, f"{name}/ci/-values.yaml": values}
        )
    scenarios = {
        f"chart/ci/{name.removesuffix('.yaml').replace('/', '')}-values.yaml": values
        for name in names
    }
    traps["scenarios of odd names"] = Trap({**VLLM, **scenarios})
    return traps


def _link_traps() -> dict[str, Trap]:
    """Symbolic links that lead out of the checkout."""
    chart = {
        name: content for name, content in SMALL.items() if name != "chart/Chart.yaml"
    }
    files = b'x: {{ .Files.Get "files/x" | quote }}\n'
    shown = b'kind: ConfigMap\nmetadata: {name: "{{ .Files.Get "files/x" }} y"}\nspec: {containers: [{args: 5}]}\n'
    secret = "../outside/secret.yaml"
    given = ("chart", "-f", "v.yaml")
    return {
        "chart is a link": Trap({"x": b""}, {"chart": "../outside/chart"}, ("chart",)),
        "charts below a link": Trap({"x": b""}, {"charts": "../outside"}),
        "values is a link": Trap(VLLM, {"v.yaml": secret}, given),
        "values is a link, configured": Trap(
            {**VLLM, ".helm-llm.yaml": _TARGET.encode()}, {"v.yaml": secret}
        ),
        "values through a link": Trap(
            {
                **VLLM,
                ".helm-llm.yaml": b"targets: [{chart: chart, values: [l/secret.yaml]}]\n",
            },
            {"l": "../outside"},
        ),
        "scenario is a link": Trap(VLLM, {"chart/ci/a-values.yaml": f"../../{secret}"}),
        "defaults is a link": Trap(
            {name: text for name, text in VLLM.items() if name != "chart/values.yaml"},
            {"chart/values.yaml": f"../{secret}"},
        ),
        "configuration is a link": Trap(VLLM, {".helm-llm.yaml": secret}, ("chart",)),
        "Chart.yaml is a link": Trap(
            chart, {"chart/Chart.yaml": "../../outside/chart/Chart.yaml"}
        ),
        "Chart.yaml is a link to a secret": Trap(
            chart, {"chart/Chart.yaml": f"../{secret}"}
        ),
        "schema is a link": Trap(SMALL, {"chart/values.schema.json": f"../{secret}"}),
        "schema is a link to a schema": Trap(
            SMALL, {"chart/values.schema.json": "../../outside/schema.json"}
        ),
        "template is a link": Trap(
            SMALL, {"chart/templates/x.yaml": f"../../{secret}"}
        ),
        "a file of the chart is a link": Trap(
            {**SMALL, "chart/templates/all.yaml": files},
            {"chart/files/x": f"../../{secret}"},
        ),
        "a file of the chart is a link, in an object": Trap(
            {**SMALL, "chart/templates/all.yaml": shown},
            {"chart/files/x": f"../../{secret}"},
        ),
        "a file of the chart is a link, in an error": Trap(
            {
                **SMALL,
                "chart/templates/all.yaml": b'{{ fail (.Files.Get "files/x") }}\n',
            },
            {"chart/files/x": f"../../{secret}"},
        ),
        "subchart is a link": Trap(
            SMALL, {"chart/charts/sub": "../../../outside/chart"}
        ),
        "links in a circle": Trap(
            {**SMALL, "chart/charts/": b""},
            {"chart/charts/a": "..", "chart/templates/b": "../.."},
        ),
        "a device in the chart": Trap(
            {**SMALL, "chart/files/": b""},
            {"chart/files/x": "/dev/zero", "chart/files/y": "/dev/stdin"},
        ),
        "baseline is a link": Trap(
            {**VLLM, "v.yaml": b"foo: 1\n"},
            {"b.json": secret},
            (*given, "--baseline=b.json"),
        ),
    }


def _output_traps() -> dict[str, Trap]:
    """Links at the paths where a report is written."""
    values = {**VLLM, "v.yaml": b"replicaCount: many\n"}
    sarif = ("chart", "-f", "v.yaml", "--format=sarif=lint.sarif")
    written = ("lint.sarif",)
    baseline = ("chart", "-f", "v.yaml", "--write-baseline=b.json")
    return {
        "report is a link": Trap(
            values, {"lint.sarif": "../outside/victim"}, sarif, written
        ),
        "report is a link to nowhere": Trap(
            values, {"lint.sarif": "../outside/made"}, sarif, written
        ),
        "scratch file is a link": Trap(
            values, {".lint.sarif.partial": "../outside/victim"}, sarif, written
        ),
        "report below a link": Trap(
            values, {"out": "../outside"}, (*sarif[:3], "--format=sarif=out/lint.sarif")
        ),
        "new baseline is a link": Trap(
            values, {"b.json": "../outside/victim"}, baseline, ("b.json",)
        ),
        "scratch baseline is a link": Trap(
            values, {".b.json.partial": "../outside/victim"}, baseline, ("b.json",)
        ),
        "scratch values is a link": Trap(
            {**VLLM, "v.yaml": b"podLabels: {x: yes}\n"},
            {".v.yaml.partial": "../outside/victim"},
            ("chart", "-f", "v.yaml"),
        ),
    }


_ESCAPES = r"a\e[31m\e]0;t\a\e]8;;http://x\ab\u202ec\u2066d\x9b31m\x7f\0"
_DANGEROUS = _ESCAPES + r"\n::error title=planted::x\r\n::add-mask::y"


def _text_traps() -> dict[str, Trap]:
    """Escape sequences, bidirectional text and GitHub commands in all printed text."""
    bad = f'"{_DANGEROUS}"'
    fail = b'{{ fail "x\\u001b[31m\\n::error title=planted::x\\u202e" }}\n'
    given = ("chart", "-f", "v.yaml")
    values = {
        "values": f"replicaCount: {bad}\nimage: {{tag: {bad}}}\npodLabels: {{x: yes}}\n",
        "keys": f"{bad}: 1\nvllm: {{{bad}: 2}}\npodLabels: {{{bad}: yes}}\n",
        "arguments": f"extraArgs: [{bad}, '--tensor-parallel-size', {bad}]\n",
        "comments": "replicaCount: 1  # helm-llm: ignore[\x1b[31m\u202e] \x1b]0;t\x07\n",
        "broken YAML": f"a: [{bad}\n\x1b[31m: {{",
        "tags": "replicaCount: !\x1b[31mx 1\na: !!python/object/apply:os.system ['touch $RAN']\n",
    }
    traps = {
        f"odd text in {what}": Trap({**VLLM, "v.yaml": text.encode()}, {}, given)
        for what, text in values.items()
    }
    name = f"apiVersion: v2\nname: {bad}\nversion: {bad}\n".encode()
    traps["odd text in Chart.yaml"] = Trap({**SMALL, "chart/Chart.yaml": name})
    traps["odd text in a failure"] = Trap({**SMALL, "chart/templates/all.yaml": fail})
    traps["odd text in configuration"] = configured(
        f"targets: [{{chart: chart, {bad}: 1, releaseName: {bad}}}]\n{bad}: 2\n"
    )
    traps["odd text in manifests"] = Trap(
        {**SMALL, "chart/manifests.yaml": _pod(_DANGEROUS)}
    )
    refusing = r'{"type": "integer", "description": "\u001b[31m\u202e"}'
    schema = f'{{"properties": {{"image": {refusing}}}, "required": ["\\u001b[31m"]}}'
    traps["odd text in a schema"] = Trap(
        {**SMALL, "chart/values.schema.json": schema.encode()}
    )
    return traps


def _pod(text: str) -> bytes:
    container = f'{{name: "{text}", image: "vllm/vllm-openai:v0.11.0", args: ["--{text}", "{text}"]}}'
    head = f'kind: Pod\napiVersion: v1\nmetadata: {{name: "{text}", labels: {{a: "{text}"}}}}\n'
    return f"{head}spec: {{containers: [{container}]}}\n".encode()


def _program_traps() -> dict[str, Trap]:
    """Programs, modules and other tools' configurations in the working directory."""
    module = b"import os\nopen(os.environ['RAN'], 'w')\n"
    names = (
        "yaml",
        "click",
        "helm_llm",
        "sitecustomize",
        "usercustomize",
        "jsonschema_rs",
        "json",
        "conftest",
        "setup",
    )
    modules = {f"{name}.py": module for name in names}
    programs = dict.fromkeys(
        ("helm", "kubectl", "git", "python3", "sh", "kind", "docker"), EVIL
    )
    plugin = b"name: pwn\nversion: 0.1.0\nusage: x\ndescription: x\ncommand: ./evil.sh\nhooks: {install: ./evil.sh}\n"
    others = {
        "plugin.yaml": plugin,
        "plugins/pwn/plugin.yaml": plugin,
        "pyproject.toml": b"[tool.pytest.ini_options]\naddopts = '-p evil'\n",
        ".env": b"HELM_PLUGINS=plugins\nHELM_BIN=./helm\n",
        ".pre-commit-config.yaml": b"repos: [{repo: local, hooks: [{id: x, entry: ./evil.sh, language: system}]}]\n",
        ".github/workflows/x.yaml": b"on: push\njobs: {x: {steps: [{run: ./evil.sh}]}}\n",
    }
    return {
        "modules": Trap(
            {
                **VLLM,
                **modules,
                "helm_llm/__init__.py": module,
                "yaml/__init__.py": module,
            },
            own_process=True,
        ),
        "programs": Trap({**VLLM, **programs}, own_process=True),
        "files of other tools": Trap({**VLLM, **others, "evil.sh": EVIL}),
        "a post-renderer of a plugin in the checkout": Trap(
            {**VLLM, **others, "evil.sh": EVIL}, {}, ("chart",)
        ),
    }


def _dependency_traps() -> dict[str, Trap]:
    """Dependencies from other places, and archives with members outside the chart."""

    def depending(repository: str, name: str = "sub") -> Trap:
        dependency = f"{{name: '{name}', version: '>=0', repository: '{repository}'}}"
        text = (
            f"apiVersion: v2\nname: x\nversion: 0.1.0\ndependencies: [{dependency}]\n"
        )
        return Trap({**SMALL, "chart/Chart.yaml": text.encode()})

    archives = {
        name: _archive(name)
        for name in (
            "../pwned",
            "/tmp/../pwned",
            "sub/../../pwned",
            "../../outside/victim",
        )
    }
    linked = {
        to: _archive("sub/values.yaml", to)
        for to in ("../../../../outside/secret.yaml", "/etc/passwd")
    }
    traps = {
        f"archive with {name}": Trap({**SMALL, "chart/charts/sub-0.1.0.tgz": text})
        for name, text in {**archives, **linked}.items()
    }
    traps.update(
        {
            f"archive alone with {name}": Trap({"c.tgz": text}, {}, ("c.tgz",))
            for name, text in {**archives, **linked}.items()
        }
    )
    for repository in (
        "evil://x",
        "file:///etc",
        "file://../../outside/chart",
        "--post-renderer=./evil.sh",
        "@evil",
    ):
        traps[f"dependency on {repository}"] = depending(repository)
    traps["dependency called ../../outside/chart"] = depending(
        "", "../../outside/chart"
    )
    traps["dependency called an option"] = depending("", "--post-renderer=./evil.sh")
    return traps


def _archive(name: str, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member, content in (
            ("sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
            (name, b"pwned: true\n"),
        ):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            if member == name and link:
                info.type, info.linkname, info.size = tarfile.SYMTYPE, link, 0
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0)


def _schema_traps() -> dict[str, Trap]:
    """Schemas that refer to files outside the chart."""
    files = (
        "file://OUTSIDE/schema.json",
        "file://OUTSIDE/secret.yaml",
        "../../outside/schema.json",
        "file:///etc/passwd",
    )
    schema = '{{"properties": {{"image": {{"$ref": "{}"}}}}}}'
    return {
        f"schema that refers to {file}": Trap(
            {**SMALL, "chart/values.schema.json": schema.format(file).encode()}
        )
        for file in files
    }


def _yaml_traps() -> dict[str, Trap]:
    """Tags that make a careless YAML parser run code."""
    tag = "!!python/object/apply:os.system ['touch $RAN']"
    more = f"x: !!python/object/new:os.system ['touch $RAN']\ny: !!python/name:os.system\nz: {tag}\n"
    return {
        "tags in values": Trap(
            {**VLLM, "v.yaml": more.encode()}, {}, ("chart", "-f", "v.yaml")
        ),
        "tags in Chart.yaml": Trap(
            {
                **SMALL,
                "chart/Chart.yaml": f"apiVersion: v2\nname: x\nversion: {tag}\n".encode(),
            }
        ),
        "tags in manifests": Trap(
            {
                **SMALL,
                "chart/manifests.yaml": f"kind: Pod\nmetadata: {{name: x}}\n{more}".encode(),
            }
        ),
    }


TRAPS: dict[str, Trap] = {
    **_configuration_traps(),
    **_name_traps(),
    **_link_traps(),
    **_output_traps(),
    **_text_traps(),
    **_program_traps(),
    **_dependency_traps(),
    **_schema_traps(),
    **_yaml_traps(),
}
