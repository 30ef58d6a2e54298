"""What can be read only once is linted and rendered as it was read, and whatever cannot be read is no success."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helm_llm.cli import run
from tests.leftovers import DEAF, script, sleeper, still_there

ROOT = Path(__file__).parents[2]
CHART = str(ROOT / "charts" / "vllm")
BAD = 'podLabels: {a: "-bad-"}\n'
"""Which only the rendered objects show."""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lint(helm: str, command: str, **variables: str) -> tuple[int, str, str]:
    """A shell's command line, with `lint` for the program and its chart."""
    program = (
        f"{sys.executable} -m helm_llm lint {CHART} --select manifests --format json"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HELM_BIN": helm,
        "HELM_LLM_HOME": "home",
        **variables,
    }
    argv = ["bash", "-c", f'set -o pipefail; lint() {{ {program} "$@"; }}; {command}']
    done = subprocess.run(
        argv, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


FORMS = {
    "file": "lint -f bad.yaml",
    "dash": "lint -f - < bad.yaml",
    "dash-in-a-pipe": "cat bad.yaml | lint -f -",
    "stdin": "lint -f /dev/stdin < bad.yaml",
    "stdin-in-a-pipe": "cat bad.yaml | lint -f /dev/stdin",
    "fd-0": "cat bad.yaml | lint -f /dev/fd/0",
    "here-document": 'lint -f - <<< "$(cat bad.yaml)"',
    "other-descriptor": "lint -f /dev/fd/7 7< bad.yaml",
    "substitution": "lint -f <(cat bad.yaml)",
    "substitution-last": "lint -f good.yaml -f <(cat bad.yaml)",
    "substitution-first": "lint -f <(cat bad.yaml) -f good.yaml",
    "two": "lint -f <(cat good.yaml) -f <(cat bad.yaml)",
    "one-option": "lint -f <(cat good.yaml),<(cat bad.yaml)",
    "with-stdin": "cat good.yaml | lint -f - -f <(cat bad.yaml)",
    "slow": "lint -f <(sleep 1; cat bad.yaml)",
    "in-pieces": "lint -f <(printf 'podLabels: '; sleep 0.5; printf '{a: \"-bad-\"}')",
    "fifo": "mkfifo f; cat bad.yaml > f & lint -f f",
    "link-to-a-fifo": "mkfifo f; ln -s f g; cat bad.yaml > f & lint -f g",
    "each": "lint --each <(cat bad.yaml)",
    "each-fifo": "mkdir d; mkfifo d/f.yaml; cat bad.yaml > d/f.yaml & lint --each 'd/*.yaml'",
    "set-file": "lint --set-file podLabels.a=<(printf -- -bad-)",
    "two-set-files": "lint --set-file podLabels.b=<(printf ok),podLabels.a=<(printf -- -bad-)",
    "set-file-stdin": "printf -- -bad- | lint --set-file podLabels.a=/dev/stdin",
    "both": "lint -f <(cat good.yaml) --set-file podLabels.a=<(printf -- -bad-)",
}


@pytest.mark.parametrize("command", FORMS.values(), ids=FORMS)
def test_helm_gets_what_we_read(command: str, helm: str) -> None:
    Path("bad.yaml").write_text(BAD)
    Path("good.yaml").write_text("replicaCount: 2\n")
    code, out, err = lint(helm, command)
    assert code == 1, err
    assert [finding["rule"] for finding in json.loads(out)["findings"]] == [
        "object-name-too-long"
    ]


def test_they_are_read_for_several_charts(helm4: str) -> None:
    Path("bad.yaml").write_text(BAD)
    code, out, err = lint(helm4, f"lint {CHART}/ -f <(cat bad.yaml)")
    assert code == 1, err
    assert len(json.loads(out)["targets"]) == 2


REFUSED = {
    "closed": ("lint -f - <&-", "cannot read standard input: it is closed"),
    "directory": ("lint -f .", "cannot read the values file .: it is a directory"),
    "device": (
        "lint -f /dev/zero",
        "cannot read the values file /dev/zero: it is a device",
    ),
    "endless-stdin": ("lint -f - < /dev/zero", "standard input is larger than 5 MiB"),
    "endless-pipe": ("lint -f <(yes)", "is larger than 5 MiB"),
    "no-writer": (
        "mkfifo f; lint -f f --timeout 1s",
        "cannot read the values file f: it did not end within 1 s",
    ),
    "names-the-flag": (
        "mkfifo f; lint -f f --timeout 1s",
        "raise the limit with --timeout",
    ),
    "slow-stdin": (
        "sleep 4 | lint -f - --timeout 1s",
        "cannot read standard input: it did not end within 1 s",
    ),
    "config-fifo": (
        "mkfifo f; lint --config f --timeout 1s",
        "cannot read the configuration f: it did not end",
    ),
    "config-device": (
        "lint --config /dev/zero",
        "cannot read the configuration /dev/zero: it is a device",
    ),
    "config-directory": (
        "lint --config .",
        "cannot read the configuration .: it is a directory",
    ),
    "baseline-fifo": (
        "mkfifo f; lint --baseline f --timeout 1s",
        "cannot read the baseline f: it did not end",
    ),
    "baseline-device": (
        "lint --baseline /dev/zero",
        "it is a device; create one with --write-baseline",
    ),
    "set-file-device": (
        "lint --set-file a=/dev/zero",
        "cannot read the file /dev/zero: it is a device",
    ),
    "set-file-fifo": (
        "mkfifo f; lint --set-file a=f --timeout 1s",
        "cannot read the file f: it did not end",
    ),
    "set-file-directory": (
        "lint --set-file a=.",
        "cannot read the file .: it is a directory",
    ),
    "each-directories": ("mkdir d; lint --each 'd*'", "--each d* matches no file"),
    "each-dangling": (
        "ln -s nothing d; lint --each 'd*'",
        "cannot read the values file d: No such file",
    ),
    "chart-fifo": ("mkfifo f; lint f", "cannot read the chart f: it is a pipe"),
    "chart-substitution": ("lint <(true)", "it is a pipe"),
    "chart-device": (
        "lint /dev/zero",
        "cannot read the chart /dev/zero: it is a device",
    ),
    "chart-socket": ("lint s", "cannot read the chart s: it is a socket"),
    "set-file-with-an-odd-name": (
        "mkfifo f=; (printf x > f=)& lint --set-file a=f=",
        "f= can be read only once",
    ),
    "no-time": ("lint --timeout 0", "--timeout '0': write it as 90s, 10m or 1h30m"),
    "no-such-time": ("lint --timeout soon", "--timeout 'soon': write it as"),
    "long-time": (f"lint --timeout {'9' * 400}", "write it as 90s, 10m or 1h30m"),
    "gone": (
        "mkdir d; cd d; rmdir ../d; lint",
        "the working directory no longer exists",
    ),
}


@pytest.mark.parametrize(("command", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(
    command: str, says: str, helm4: str, tmp_path: Path
) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s")
    start = time.monotonic()
    code, out, err = lint(helm4, command, HELM_LLM_HOME=str(tmp_path / "home"))
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert time.monotonic() - start < 15


TEXTS = {
    "latin-1": "a: \xe9\n".encode("latin-1"),
    "utf-16": "a: 1\n".encode("utf-16"),
    "utf-32": "a: 1\n".encode("utf-32"),
    "binary": bytes(range(256)) * 10,
    "nul": b"a: \0\n",
    "gzip": b"\x1f\x8b\x08\x00abc",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("form", ["-f -", "-f <(cat text)"])
def test_what_is_no_text_is_a_finding(text: bytes, form: str, helm4: str) -> None:
    Path("text").write_bytes(text)
    code, out, err = lint(helm4, f"lint {form} < text")
    assert code == 1, err
    assert [finding["rule"] for finding in json.loads(out)["findings"]] == [
        "yaml-syntax"
    ]


@pytest.mark.parametrize("form", ["-", "/dev/stdin", "<(cat v.yaml)"])
@pytest.mark.parametrize("switch", ["--fix", "--diff"])
def test_nothing_is_repaired_where_nothing_can_be_written(
    form: str, switch: str, helm4: str
) -> None:
    fixable = "image: {tag: 0.10}\n"
    Path("v.yaml").write_text(fixable)
    code, out, _ = lint(
        helm4,
        f"lint --select values --diff -f v.yaml | grep -c '^+'; lint {switch} -f {form} < v.yaml",
    )
    assert not out.startswith("0")
    assert Path("v.yaml").read_text() == fixable
    assert code in (0, 1)


HANGS = {
    "in-version": "exec sleep 120",
    "in-template": "[ $1 = version ] && echo v3.22.0 && exit\nexec sleep 120",
    "deaf": DEAF
    + "[ $1 = version ] && echo v3.22.0 && exit\nwhile :; do sleep 1; done",
    "with-a-child": "[ $1 = version ] && echo v3.22.0 && exit\n{sleeper}exec sleep 120",
}


@pytest.mark.parametrize("helm_script", HANGS.values(), ids=HANGS)
def test_helm_that_hangs_is_ended(helm_script: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.touch()
    fake = script(
        tmp_path / "helm",
        f"echo $$ >> {pids}\n"
        + helm_script.replace("{sleeper}", sleeper(tmp_path / "p2")),
    )
    start = time.monotonic()
    code, out, err = lint(fake, "lint --timeout 1s")
    assert (code, out) == (3, "")
    assert "timed out after 1 s (`" in err
    assert err.strip().endswith("raise the limit with --timeout")
    assert time.monotonic() - start < 10
    assert still_there(pids) == []


def test_a_registry_that_never_answers(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    fake = script(tmp_path / "helm", f"echo $$ >> {pids}\nexec sleep 120")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HELM_BIN": fake,
        "HELM_LLM_HOME": str(tmp_path / "home"),
    }
    argv = [
        sys.executable,
        "-m",
        "helm_llm",
        "lint",
        "oci://127.0.0.1/x",
        "--timeout",
        "1",
    ]
    done = subprocess.run(
        argv, env=environment, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "pull --destination" in done.stderr
    assert still_there(pids) == []


def test_helm_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    fake = script(
        tmp_path / "helm", "[ $1 = version ] && echo v3.22.0 && exit\nexec yes"
    )
    code, out, err = lint(fake, "lint")
    assert (code, out) == (3, "")
    assert "more than 64 MiB of output" in err


def test_helm_whose_child_keeps_the_pipe_keeps_nobody_waiting(
    helm4: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    fake = script(
        tmp_path / "helm",
        f'[ $1 = template ] && {{ {sleeper(pids)} }}\nexec {helm4} "$@"',
    )
    start = time.monotonic()
    assert lint(fake, "lint")[0] == 0
    assert time.monotonic() - start < 20
    assert still_there(pids) == []


class TestConfiguration:
    """Of a checkout."""

    @pytest.mark.parametrize(
        ("config", "says"),
        [
            ("select: ['']", ".helm-llm.yaml:1:10: select[0] is"),
            ("ignore: [schema, ',']", "',' names no rule"),
            (
                "facts: {modelConfig: fifo}",
                ":1:9: cannot read the model config fifo: it did not end within 1 s",
            ),
            ("facts: {modelConfig: .}", "the model config .: it is a directory"),
            ("baseline: fifo", "cannot read the baseline fifo: it did not end"),
            (
                "targets: [{chart: c, values: [d]}]",
                "cannot read the values file d: it is a directory",
            ),
            ("targets: [{chart: c, values: ['d*']}]", "there is no file d*"),
            ("targets: [{chart: c, each: ['d*']}]", "--each d* matches no file"),
            (
                "targets: [{chart: c, values: [fifo]}]",
                "cannot read the values file fifo: it did not end",
            ),
            ('targets: [{chart: "a\\0b"}]', "contains a NUL character"),
            ('targets: [{chart: c, values: ["a\\0b"]}]', "contains a NUL character"),
            ('targets: [{chart: c, each: ["a\\0b"]}]', "contains a NUL character"),
            ('facts: {modelConfig: "a\\0b"}', "contains a NUL character"),
            ('baseline: "a\\ud800b"', ".helm-llm.yaml:1:"),
            ('targets: [{chart: c, set: ["a=\\0"]}]', "contains a NUL character"),
            ("targets: [{chart: fifo}]", "cannot read the chart fifo: it is a pipe"),
        ],
    )
    def test_what_it_names_is_read_with_care(
        self,
        config: str,
        says: str,
        helm4: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("HELM_BIN", helm4)
        Path("c/templates").mkdir(parents=True)
        Path("c/Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        Path("d").mkdir()
        os.mkfifo("fifo")
        Path(".helm-llm.yaml").write_text(config + "\n")
        arguments = [] if "targets" in config else ["c"]
        assert run(["lint", *arguments, "--timeout=1s"]) == 2
        captured = capsys.readouterr()
        assert says in captured.err
        assert captured.out == ""
