"""Command lines with any combination of options, formats and paths."""

from helm_llm.lint.reporters import FORMATS
from tests.fuzz import charts
from tests.fuzz.case import FAKE, Case
from tests.fuzz.odd import Odd

_OUTPUTS = (
    "r.txt",
    "out/r.json",
    "a b.xml",
    "-r",
    "chart/values.yaml.sarif",
    "r\x1b.json",
)
_FORMATS = (
    *FORMATS,
    "jsn",
    "",
    "TEXT",
    "text ",
    "\x1b[31m",
)
_PATHS = (
    "chart",
    "v.yaml",
    ".",
    "",
    "nowhere",
    "d",
    "chart.tgz",
    "-",
    "--",
    "chart/Chart.yaml",
    "chart/templates",
    "fifo",
    "/dev/null",
    "\udcff",
    "x\ny",
)
_VALUES = (
    "v.yaml",
    "-",
    "fifo",
    "/dev/zero",
    "/dev/stdin",
    "v.yaml,v.yaml",
    '"v.yaml',
    "",
    ",",
    "nowhere.yaml",
    "d",
    "evil://x",
    "s3:/x",
    "/dev/null",
    "chart",
    "v\udcff",
    "x\ny",
    "\x1b[31m",
)
_ANY = (
    "",
    "x",
    "-x",
    "--debug",
    "\x1b[31m",
    "\u202e",
    "x\ny",
    "\udcff",
    "*",
    "x" * 3000,
    "1.30",
    "v99999999999999999999",
    "--output-dir=pwn",
)


def build(odd: Odd) -> Case:
    """Build up to eight words, some of them without a meaning."""
    outputs: list[str] = []
    words = ["chart"] if odd.chance(60) else odd.times(2, lambda: odd.one(_PATHS))
    for _ in range(odd.randint(0, 6)):
        words += _option(odd, outputs)
    if odd.chance(20):
        odd.shuffle(words)
    rendering = "--no-render" not in words
    return Case(
        kind="command-line",
        # No process writes to the FIFO.
        arguments=("--timeout=5s", *words),
        files={
            **charts.files_of("vllm"),
            "v.yaml": b"replicaCount: many\nfoo: yes\n",
            "d/": b"",
            "out/": b"",
            "fifo|": b"",
            "chart.tgz": b"x",
        },
        stdin=odd.one(
            [None, b"replicaCount: x\n", b"\xff", b"a: [", "a: é".encode("utf-16")]
        ),
        environment=_environment(odd),
        helm=FAKE if rendering else "",
        printed={"stdout": b"kind: Pod\nmetadata: {name: x}\n"},
        # A word may be the name of a report.
        outputs=(*outputs, *words),
        edited=("v.yaml",),
    )


def _environment(odd: Odd) -> dict[str, str]:
    known = [
        ("COLUMNS", "1"),
        ("COLUMNS", "x"),
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
        ("FORCE_COLOR", "1"),
        ("PYTHONUTF8", "0"),
        ("LC_ALL", "C"),
        ("HELM_NAMESPACE", "\x1b"),
        ("GITHUB_ACTIONS", "true"),
    ]
    return dict(odd.some(known, 2)) if odd.chance(30) else {}


def _option(odd: Odd, outputs: list[str]) -> list[str]:
    which = odd.randrange(9)
    if which == 0:
        return [f"--format={odd.one(_FORMATS)}"]
    if which == 1:
        outputs.append(odd.one(_OUTPUTS))
        return [f"--format={odd.one(_FORMATS)}={outputs[-1]}"]
    if which == 2:
        outputs.append(odd.one(_OUTPUTS))
        return [odd.one(["-o", "--output", "--write-baseline"]), outputs[-1]]
    if which == 3:
        return [
            odd.one(["-f", "--values", "--each", "--config", "--baseline"]),
            odd.one(_VALUES),
        ]
    if which == 4:
        return [odd.one(["--fix", "--diff", "--no-render", "--no-render"])]
    if which == 5:
        return [
            odd.one(["--select", "--ignore"]),
            odd.one(["all", "gpu-*", "", "*", "nowhere", "storage", "schema,", *_ANY]),
        ]
    if which == 6:
        return [
            odd.one(
                ["--release-name", "--namespace", "--kube-version", "-a", "--fail-on"]
            ),
            odd.one(_ANY),
        ]
    if which == 7:
        return [
            odd.one(
                [
                    "--burst-limit=1",
                    "--qps=x",
                    "--color",
                    "--colour=x",
                    "--content-cache=x",
                ]
            )
        ]
    return [
        odd.one(
            [
                "--help",
                "-h",
                "--nowhere",
                "-",
                "--",
                "-x",
                "--set",
                "--set=replicaCount=x",
                *_ANY,
            ]
        )
    ]
