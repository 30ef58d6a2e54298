"""YAML as Helm reads it: every row is compared with what Helm prints."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from helm_llm.document.reader import parse_document

VALUES: dict[str, Any] = {
    **dict.fromkeys(
        ["yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE", "y", "Y"], True
    ),
    **dict.fromkeys(
        ["no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE", "n", "N"],
        False,
    ),
    **dict.fromkeys(["~", "null", "Null", "NULL", ""], None),
    "tRUE": "tRUE",
    "nULL": "nULL",
    "1e3": 1000,
    "1E3": 1000,
    "12e03": 12000,
    "1e-7": 1e-7,
    "1e+3": 1000,
    "-1.5e3": -1500,
    "1.e3": 1000,
    "017": 15,
    "0x1F": 31,
    "0b11": 3,
    "1_000": 1000,
    "+5": 5,
    ".5": 0.5,
    "5.": 5,
    "-.5": -0.5,
    "0o17": 15,
    "-017": -15,
    "-0b11": -3,
    "+0x1F": 31,
    "0_1": 1,
    "00": 0,
    "-0": 0,
    "08": 8,
    "-08": -8,
    "5.0": 5,
    "0.90": 0.9,
    ".5_1": 0.51,
    "1_0.5": 10.5,
    "._5": "._5",
    "_1": "_1",
    "0x": "0x",
    "0b2": "0b2",
    "0o8": "0o8",
    "1e": "1e",
    "e3": "e3",
    "10:30": "10:30",
    "190:20:30": "190:20:30",
    "2020-01-01": "2020-01-01",
    "1.2.3": "1.2.3",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59": "2001-12-14 21:59",
    "=": "=",
    "<<": "<<",
    "!foo 5": "5",
    "! 5": "5",
    "!!str 5": "5",
    '!!int "5"': 5,
    '"5"': "5",
    "'yes'": "yes",
    "!!float 5": 5,
    "!!bool yes": True,
    "!!str": "",
    "!!binary aGk=": "hi",
    "!!binary gIE=": "\ufffd\ufffd",
    "9007199254740992": 2**53,
    "9007199254740993": 2**53,
    "-9007199254740993": -(2**53),
    "18446744073709551615": 1.8446744073709552e19,
    "18446744073709551616": 1.8446744073709552e19,
    "123456789012345678901234567890": 1.2345678901234568e29,
    "0x10000000000000000": "0x10000000000000000",
    "1e400": "1e400",
    "1e-400": 0,
    "-1e400": "-1e400",
    "NaN": "NaN",
    "http://x:80/y": "http://x:80/y",
    "a:b": "a:b",
    "{a: 1}": {"a": 1},
    "[y, 08]": [True, 8],
    "|\n  x\n": "x\n",
    "\t5": 5,
    "5 # five": 5,
    "5#": "5#",
    "*anchor": {"p": 1, "q": [2]},
}
"""Text after `key: ` -> value."""

KEYS = {
    "1": "1",
    "017": "15",
    "0x10": "16",
    "-08": "-8",
    "1.10": "1.1",
    "1e3": "1000",
    "1e6": "1e+06",
    "0.00001": "1e-05",
    "1234567.5": "1.2345675e+06",
    "123456.7": "123456.7",
    "1e300": ".inf",
    ".inf": ".inf",
    "-.INF": "-.inf",
    ".nan": ".nan",
    "y": "true",
    "no": "false",
    "9007199254740993": "9007199254740993",
    "2020-01-01": "2020-01-01",
    '"2"': "2",
    "!!str 3": "3",
    "3.141592653589793": "3.1415927",
    "16777217.0": "1.6777216e+07",
    "=": "=",
}

REFUSED = [
    *[
        "v: .inf",
        "v: .nan",
        "v: [-.Inf]",
        "~: 1",
        "null: 1",
        "18446744073709551615: 1",
        "{a: 1}: 1",
        "v: {{ x }}",
    ],
    *[
        "[1]: 1",
        "- 1",
        "5",
        "text",
        "v: !!int x",
        "v: !!bool 5",
        "v: !!int 5.5",
        "v: !!null 5",
        "v: !!binary x",
    ],
    *[
        "<<: 5",
        "<<: [5]",
        "<<: [[{a: 1}]]",
        "a: &a {<<: *a}",
        "a: &a [*a]",
        "a: *b",
        "v: 'x",
        "a: b: c",
    ],
    *[
        "\ta: 1",
        "a:\n\tb: 1",
        "a: 1\n\tb: 2",
        "a: @x",
        "a: `x`",
        "a: [1",
        "a: ]",
        "a\nb: 1",
        "a: - b",
        "a: \x07",
    ],
    *[
        "a: &x [1]\nb:\n  <<: *x",
        'a: "\\q"',
        "a: !foo!bar x",
        "a: 1\nb",
        "? [a]\n: 1",
        "a: \x7f",
    ],
]

DOCUMENTS = [
    *[
        "",
        "\n",
        "# only a comment",
        "---\n",
        "~",
        "null",
        "{}",
        "---\na: 1",
        "a: 1\n---\n",
        "a: 1\n...\n",
        "\ufeffa: 1",
    ],
    *[
        "a: 1\n---\nb: 2\nl: [1]\n---\na: {c: 3}\nl: [2]\n",
        "---\n---\na: 1\n",
        "# c\n---\na: 1",
        "a: 1\n--- # x\nb: 2",
    ],
    *[
        "a: {b: 1}\n---\na: {c: 1}\n",
        "a: 1\n---\nb: 'never closed",
        "a: 1\n--- {b: 2}\n",
        "a: 1\n...\nb: 2\n",
    ],
    *[
        "a: 1\r\nb:\r\n  c: 2\r\n---\r\nd: 3\r\n",
        "a: |\n  x\n",
        "a: |\n  x",
        "a: >-\n  x\n\n\n  y\n",
        '{"a": {"b": [1, "\\u00e9"]}}',
    ],
    *[
        "a: 1\na: 2\n",
        "a: {b: 1, b: 2}\n",
        "1: a\n2: b\n1: c\n",
        "m: &m {x: 1, y: 2}\na: {x: 0, <<: *m, z: 1}\nb: {<<: *m, x: 3}",
    ],
    *[
        "m: &m {x: 1}\nn: &n {x: 2, y: 2}\na: {<<: [*m, *n]}\nb: {<<: [*n, *m], <<: {x: 5}}\nc: {'<<': 1}\n"
    ],
    *[
        "a: &x 1\nb: &x 2\nc: *x\n",
        "a: &x\nb: *x\n",
        "&k foo: 1\nb: *k\n*k : 2\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    ],
    *[
        "? a\n: b\n",
        "? a\n",
        "a:\n- b\n- c:\n  d: e\n",
        "a: !!map {b: !!seq [1]}\n",
        "a: !!null\n",
        "%YAML 1.1\n---\na: 1\n",
    ],
    *[
        "é: ü\n\u4e2d: '\U0001f600'\n",
        "a: x\n b\n",
        "a: 'it''s'\n",
        'a: "x\\\n  y"\n',
        "a: [b: 1, c]\n",
        "a: {b, c: }\n",
    ],
]


@pytest.fixture
def read(
    write_chart: Callable[..., Path],
    helm_values: Callable[..., Any],
    tmp_path: Path,
    helm: str,
) -> Callable[..., list[Any]]:
    """Values files as Helm reads them, None where it refuses them."""
    chart = write_chart(tmp_path / "chart", {})

    def values(*texts: str) -> list[Any]:
        files = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_bytes(text.encode())
        with ThreadPoolExecutor(3) as pool:
            return list(pool.map(lambda file: helm_values(helm, chart, [file]), files))

    return values


@pytest.fixture
def major(helm_version: tuple[int, int, int]) -> int:
    return helm_version[0]


def test_values(
    read: Callable[..., list[Any]], same: Callable[[Any, Any], bool], major: int
) -> None:
    rows = "".join(f"k{row}: {text}\n" for row, text in enumerate(VALUES))
    text = "a: &anchor {p: 1, q: [2]}\n" + rows
    expected = {
        "a": {"p": 1, "q": [2]},
        **{f"k{row}": value for row, value in enumerate(VALUES.values())},
    }
    document = parse_document(text, "v.yaml", helm_major=major)
    assert document.error is None
    assert document.tree == expected
    assert same(expected, read(text)[0])


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_types(text: str, value: Any) -> None:
    found = parse_document(f"a: &anchor {{p: 1, q: [2]}}\nk: {text}\n", "v.yaml").tree[
        "k"
    ]
    assert type(found) is type(value)
    assert found == value


def test_keys(read: Callable[..., list[Any]], major: int) -> None:
    text = "".join(f"k{row}: {{{key}: {row}}}\n" for row, key in enumerate(KEYS))
    expected = {f"k{row}": {key: row} for row, key in enumerate(KEYS.values())}
    assert parse_document(text, "v.yaml", helm_major=major).tree == expected
    assert read(text) == [expected]


def test_helm_refuses(read: Callable[..., list[Any]]) -> None:
    taken = [
        text
        for text, values in zip(REFUSED, read(*REFUSED), strict=True)
        if values is not None
    ]
    assert not taken


@pytest.mark.parametrize("helm_major", [3, 4])
@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str, helm_major: int) -> None:
    document = parse_document(text, "v.yaml", helm_major=helm_major)
    assert document.error
    assert document.tree == {}
    assert document.error.span.line <= text.count("\n") + 1


def test_documents(read: Callable[..., list[Any]], major: int) -> None:
    documents = [parse_document(text, "v.yaml", helm_major=major) for text in DOCUMENTS]
    found = [None if document.error else document.tree for document in documents]
    assert dict(zip(DOCUMENTS, found, strict=True)) == dict(
        zip(DOCUMENTS, read(*DOCUMENTS), strict=True)
    )
