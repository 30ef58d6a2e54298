"""Any values.schema.json."""

import json
from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options
from tests.fuzz.odd import Odd, Raw
from tests.fuzz.yaml_text import change_values, to_yaml

_REFERENCES = (
    "#",
    "#/$defs/a",
    "#/nowhere",
    "file:///etc/passwd",
    "file:../outside/secret.yaml",
    "http://127.0.0.1:9/x",
    "x.json",
    "#/%",
    "urn:x",
)


def build(odd: Odd) -> Case:
    """Build a chart with a schema and values for it."""
    if odd.chance(30):
        tree: Any = change_values(
            odd, json.loads(charts.files_of("vllm")["chart/values.schema.json"]), 5
        )
        values = charts.scenario("vllm", odd.randrange(100))
    else:
        tree, values = _schema(odd), {odd.key(): odd.tree() for _ in range(4)}
    text = json.dumps(tree, default=str)
    content = (
        odd.one(
            [
                text[: len(text) // 2].encode(),
                b"",
                b"[]",
                b"5",
                odd.garbage(),
                b"[" * 100_000,
            ]
        )
        if odd.chance(10)
        else text.encode()
    )
    return Case(
        kind="schema",
        arguments=("chart", "--values=v.yaml", "--no-render", *options.printing(odd)),
        files={
            **charts.printing(b"a: 1\n"),
            "chart/values.schema.json": content,
            "v.yaml": to_yaml(values).encode("utf-8", "surrogatepass"),
        },
    )


def _schema(odd: Odd, depth: int = 3) -> Any:
    if depth == 0 or odd.chance(10):
        return odd.one(
            [
                True,
                False,
                {},
                {"type": "string"},
                {"type": odd.one(["integer", "x", [], ["string", "null"], 5])},
            ]
        )
    keywords = odd.some(sorted(_KEYWORDS), 3)
    return {keyword: _KEYWORDS[keyword](odd, depth - 1) for keyword in keywords}


def _below(odd: Odd, depth: int) -> Any:
    return _schema(odd, depth)


def _map(odd: Odd, depth: int) -> Any:
    return {odd.key(): _schema(odd, depth) for _ in range(odd.randrange(4))}


def _list(odd: Odd, depth: int) -> Any:
    return [_schema(odd, depth) for _ in range(odd.randrange(3))]


def _number(odd: Odd, _: int) -> Any:
    return odd.one([0, 1, -1, 1.5, 10**30, "x", None])


def _words(odd: Odd, _: int) -> Any:
    return odd.times(3, odd.key)


def _any(odd: Odd, _: int) -> Any:
    value = odd.tree(1)
    return str(value) if isinstance(value, Raw) else value


def _pattern(odd: Odd, _: int) -> Any:
    return odd.one(
        [
            "(",
            "^(a+)+$",
            "(?=x)",
            "\\p{L}",
            "[",
            "^[a-z]*$",
            "\\1",
            "x{1000}{1000}",
            "\x1b",
        ]
    )


_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(
        [
            "additionalProperties",
            "propertyNames",
            "not",
            "items",
            "contains",
            "if",
            "then",
            "else",
            "unevaluatedProperties",
        ],
        _below,
    ),
    **dict.fromkeys(
        ["properties", "patternProperties", "$defs", "dependentSchemas", "definitions"],
        _map,
    ),
    **dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], _list),
    **dict.fromkeys(
        ["minimum", "maximum", "multipleOf", "minLength", "maxItems", "minProperties"],
        _number,
    ),
    **dict.fromkeys(["required", "enum", "examples"], _words),
    **dict.fromkeys(
        ["const", "default", "description", "title", "type", "dependentRequired"], _any
    ),
    "pattern": _pattern,
    "format": lambda odd, _: odd.one(["date-time", "uri", "regex", "x", 5]),
    "$ref": lambda odd, _: odd.one(_REFERENCES),
    "$schema": lambda odd, _: odd.one(
        [
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2020-12/schema",
            "x",
            "http://127.0.0.1:9/",
            5,
        ]
    ),
    "$id": lambda odd, _: odd.one(["http://127.0.0.1:9/x", "x", "#", 5]),
}
