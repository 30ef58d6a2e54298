"""Expressions for --set, --set-string, --set-json, --set-file and --set-literal."""

import json

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import paths

_FLAGS = (
    "--set",
    "--set",
    "--set",
    "--set-string",
    "--set-json",
    "--set-literal",
    "--set-file",
)
_PIECES = [
    "a",
    "b",
    ".",
    "[",
    "]",
    "0",
    "1",
    "-1",
    "99999",
    "{",
    "}",
    ",",
    "=",
    "\\",
    "\\,",
    "\\.",
    " ",
    '"',
    "é",
    "\x1b[31m",
    "null",
    "\n",
    "\u202e",
]


def build(odd: Odd) -> Case:
    """Build one to four expressions."""
    chart = odd.one(charts.NAMES)
    secret = odd.secret()
    words = [_word(odd, chart) for _ in range(odd.randint(1, 4))]
    if odd.chance(25):
        words.append(odd.one(_SECRET).format(secret))
    return Case(
        kind="setting",
        arguments=("chart", "--no-render", *words, *options.printing(odd)),
        files={
            **charts.files_of(chart),
            "s.txt": odd.garbage() if odd.chance(50) else odd.text().encode(),
            "d/": b"",
        },
        secrets=(secret,),
    )


_SECRET = (
    "--set=apiKey.value={}",
    "--set-string=apiKey.value={}",
    "--set=apiKey.value={},foo",
    "--set=replicaCount={}",
    "--set=apiKey={}",
    '--set-json=apiKey={{"value":"{}"}}',
    '--set-json=apiKey={{"value":"{}"',
    "--set-literal=huggingfaceToken.value={}",
    "--set={}",
    "--set=env[0].name=HF_TOKEN,env[0].value={}",
    "--set=model.ngcAPIKey={}",
    "--set=model.ngcAPIKey={{{}",
    "--set=podLabels.x={}",
)


def _word(odd: Odd, chart: str) -> str:
    flag = odd.one(_FLAGS)
    if odd.chance(25):
        return f"{flag}={''.join(odd.times(12, lambda: odd.one(_PIECES)))}"
    return f"{flag}={_path(odd, chart)}={_value(odd, flag)}"


def _path(odd: Odd, chart: str) -> str:
    known = list(paths(charts.scenario(chart, 0)))
    text = ""
    for step in odd.one(known):
        text += f"[{step}]" if isinstance(step, int) else "." + step.replace(".", "\\.")
    return text.lstrip(".") + odd.one(
        ["", "", "", "", ".x", "[0]", "[1]", "[-1]", "[70000]", ".", "[", "\\"]
    )


def _value(odd: Odd, flag: str) -> str:
    if flag == "--set-file":
        return odd.one(
            [
                "s.txt",
                "nowhere",
                "d",
                "",
                "-",
                "/dev/null",
                "chart/values.yaml",
                "evil://x",
                "a,b",
            ]
        )
    if flag == "--set-json":
        trees = [
            "1e999",
            "[",
            "NaN",
            "1" * 400,
            "{}",
            '{"a":{"b":null}}',
            "[" * 3000,
            '"\\ud800"',
            '"\\u001b[31m"',
        ]
        return odd.one(trees) if odd.chance(40) else json.dumps(odd.tree())
    return odd.text().replace("\0", "")
