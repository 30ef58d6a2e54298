"""The schema stage: which values a schema refuses, in which words, and which schemas cannot be used."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from helm_llm.cli import run
from helm_llm.document.reader import parse_document
from helm_llm.errors import ChartError
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.config.file import SCHEMA
from helm_llm.lint.schema.expectation import EXPECTED
from helm_llm.lint.schema.hint import hint
from helm_llm.lint.schema.sentence import sentence
from helm_llm.lint.schema.validation import violations
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHARTS = Path(__file__).parents[2] / "charts"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def _chart(
    directory: Path,
    schema: Mapping[str, Any] | str | None,
    metadata: str = "",
    defaults: str = "",
) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: {directory.name}\nversion: 0.1.0\n{metadata}"
    )
    (directory / "values.yaml").write_text(defaults)
    if schema is not None:
        (directory / "values.schema.json").write_text(
            schema if isinstance(schema, str) else json.dumps(schema)
        )
    return directory


def _found(chart: Path, text: str) -> dict[str, str]:
    """Sentence -> hint of everything the schemas refuse."""
    values = layer(load_chart(str(chart)), [parse_document(text, "values.yaml")], [])
    return {
        sentence(one): hint(one)
        for scope in scopes(values)
        for one in violations(scope)
    }


class TestWords:
    """Each sentence names the value, what is expected and, where one suggests itself, what to write."""

    @pytest.mark.parametrize(
        ("schema", "value", "words", "cure"),
        [
            (
                {"type": "string"},
                8000,
                "x is number 8000, expected a string",
                'quote it: "8000"',
            ),
            (
                {"type": "string"},
                1000000,
                "x is number 1000000, expected a string",
                'quote it: "1000000"',
            ),
            (
                {"type": "string"},
                True,
                "x is boolean true, expected a string",
                'quote it: "true"',
            ),
            (
                {"type": "string"},
                None,
                "x is null, expected a string",
                "leave the key out",
            ),
            ({"type": "string"}, {}, "x is a map, expected a string", ""),
            (
                {"type": "integer"},
                "2",
                'x is string "2", expected a whole number',
                "write 2 without quotes",
            ),
            ({"type": "integer"}, 1.5, "x is number 1.5, expected a whole number", ""),
            (
                {"type": ["integer", "null"]},
                [],
                "x is a list, expected a whole number or null",
                "",
            ),
            (
                {"type": "number"},
                "0.5",
                'x is string "0.5", expected a number',
                "write 0.5 without quotes",
            ),
            (
                {"type": "boolean"},
                "yes",
                'x is string "yes", expected true or false',
                "write true without quotes",
            ),
            (
                {"type": "boolean"},
                "maybe",
                'x is string "maybe", expected true or false',
                "",
            ),
            (
                {"enum": ["Always", "Never"]},
                "always",
                'x is string "always", expected Always or Never',
                "write Always",
            ),
            ({"enum": ["", "A"]}, "Bcd", 'x is string "Bcd", expected "" or A', ""),
            (
                {"enum": ["ReadWriteOnce", "ReadWriteMany"]},
                "RWX",
                'x is string "RWX", expected ReadWriteOnce or ReadWriteMany',
                "write ReadWriteMany",
            ),
            (
                {"enum": ["INFO", "WARNING", "info", "warning"]},
                "warn",
                'x is string "warn", expected INFO or WARNING',
                "write warning",
            ),
            ({"const": 1}, 2, "x is number 2, expected 1", ""),
            (
                {"minimum": 1, "maximum": 65535},
                0,
                "x is number 0, expected 1 to 65535",
                "",
            ),
            ({"minimum": 60}, 30, "x is number 30, expected 60 or more", ""),
            (
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                90,
                "x is number 90, expected more than 0 and at most 1",
                "write 0.9, not 90",
            ),
            (
                {"type": "string", "minLength": 1},
                "",
                'x is string "", expected some text',
                "",
            ),
            (
                {"type": "string", "maxLength": 3},
                "abcd",
                'x is string "abcd", expected at most 3 characters',
                "",
            ),
            (
                {
                    "type": "string",
                    "pattern": "^[0-9]+(k|[MGTPE]|[KMGTPE]i)?$",
                    EXPECTED: "a quantity such as 16Gi",
                },
                "16GB",
                'x is string "16GB", expected a quantity such as 16Gi',
                "write 16G or 16Gi",
            ),
            (
                {"type": "string", "pattern": "^[0-9]+(k|[MGTPE]|[KMGTPE]i)?$"},
                50,
                "x is number 50, expected a string",
                "50 would be bytes, write 50Gi",
            ),
            (
                {
                    "type": "string",
                    "pattern": "^([0-9]+(ms|[smhdwy]))+$",
                    EXPECTED: "a duration such as 30s",
                },
                30,
                "x is number 30, expected a duration such as 30s",
                "",
            ),
            (
                {"type": "string", "pattern": "^(/.*)?$"},
                "data",
                'x is string "data", expected text that matches ^(/.*)?$, or an empty string',
                "",
            ),
            (
                {"not": {"enum": ["/tmp", "/scripts"]}},
                "/tmp",
                'x is string "/tmp", expected anything but /tmp and /scripts',
                "",
            ),
            (
                {"type": "array", "minItems": 1},
                [],
                "x is a list, expected at least 1 item",
                "",
            ),
            (
                {"type": "array", "uniqueItems": True},
                [1, 1],
                "x has a duplicate item",
                "",
            ),
            (
                {"format": "date"},
                "soon",
                'x is string "soon", expected a valid date',
                "",
            ),
            ({"minProperties": 1}, {}, "x is a map, expected at least 1 key", ""),
        ],
    )
    def test_one_field(
        self,
        schema: Mapping[str, Any],
        value: Any,
        words: str,
        cure: str,
        tmp_path: Path,
    ) -> None:
        chart = _chart(
            tmp_path / "c", {"$schema": DRAFT_7, "properties": {"x": schema}}
        )
        assert _found(chart, json.dumps({"x": value})) == {words: cure}

    def test_keys_that_are_missing(self, tmp_path: Path) -> None:
        schema = {"$schema": DRAFT_7, "required": ["a"], "dependencies": {"b": ["c"]}}
        assert _found(_chart(tmp_path / "c", schema), "b: 1") == {
            "a is missing": "",
            "c is missing, but b requires it": "",
        }

    def test_keys_that_exclude_each_other(self, tmp_path: Path) -> None:
        schema = {"properties": {"x": {"not": {"required": ["value", "valueFrom"]}}}}
        found = _found(_chart(tmp_path / "c", schema), "x: {value: 1, valueFrom: {}}")
        assert list(found) == ["x accepts only one of value and valueFrom"]

    def test_a_name_that_is_taken(self, tmp_path: Path) -> None:
        schema = {
            "properties": {"volumes": {"propertyNames": {"not": {"enum": ["dshm"]}}}}
        }
        assert _found(_chart(tmp_path / "c", schema), "volumes: {dshm: {}}") == {
            "volumes must not have the key dshm": ""
        }

    def test_a_secret_is_not_shown(self) -> None:
        token = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"
        found = _found(
            CHARTS / "vllm",
            f"apiKey: {{value: 12345678}}\npersistence: {{size: {token}}}",
        )
        assert "apiKey.value is set, expected a string" in found
        assert not [
            text
            for pair in found.items()
            for text in pair
            if "12345678" in text or token in text
        ]


class TestBranches:
    """Of several branches the one that was probably meant speaks."""

    SIZE: Mapping[str, Any] = {
        "anyOf": [
            {"type": "null"},
            {"type": "integer", "minimum": 1},
            {"const": -1},
            {"type": "string", "pattern": "^[0-9]+[KMGT]?$"},
        ]
    }

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("0", "x is number 0, expected 1 or more, or -1"),
            ("16 K", 'x is string "16 K", expected text that matches ^[0-9]+[KMGT]?$'),
            ("[]", "x is a list, expected a string, a whole number, null or -1"),
        ],
    )
    def test_the_branch_of_the_values_type(
        self, value: str, words: str, tmp_path: Path
    ) -> None:
        assert list(
            _found(
                _chart(tmp_path / "c", {"properties": {"x": self.SIZE}}), f"x: {value}"
            )
        ) == [words]

    def test_the_error_deepest_inside(self, tmp_path: Path) -> None:
        item = {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}},
        }
        schema = {
            "definitions": {"item": item},
            "properties": {
                "x": {
                    "anyOf": [
                        {"type": "object"},
                        {"type": "array", "items": {"$ref": "#/definitions/item"}},
                    ]
                }
            },
        }
        found = _found(_chart(tmp_path / "c", schema), "x: [{name: a}, {name: 5}]")
        assert found == {"x[1].name is number 5, expected a string": 'quote it: "5"'}

    def test_branches_that_refer_to_other_properties(self, tmp_path: Path) -> None:
        schema = {
            "properties": {
                "a": {"type": "string"},
                "b": {"anyOf": [{"$ref": "#/properties/a"}, {"type": "null"}]},
            }
        }
        found = _found(_chart(tmp_path / "c", schema), "b: 5")
        assert list(found) == [
            "b is number 5, expected what `anyOf` of the schema allows"
        ]

    @pytest.mark.parametrize("item", ["{}", "{value: 1, valueFrom: {}}"])
    def test_exactly_one_of_two_keys(self, item: str, tmp_path: Path) -> None:
        schema = {
            "properties": {
                "x": {"oneOf": [{"required": ["value"]}, {"required": ["valueFrom"]}]}
            }
        }
        assert list(_found(_chart(tmp_path / "c", schema), f"x: {item}")) == [
            "x needs exactly one of value and valueFrom"
        ]


class TestUnusableSchemas:
    """What Helm refuses, or would have to fetch, ends with one clear line."""

    @pytest.mark.parametrize(
        ("schema", "words"),
        [
            ('{"type": ', "not JSON"),
            ("[]", "a schema of values must be a JSON object"),
            ({"type": "strin"}, "is not a valid schema"),
            ({"properties": {"a": {"$ref": "#/nowhere"}}}, "is not a valid schema"),
            (
                {"properties": {"a": {"$ref": "other.json"}}},
                "refers to other.json, which is not fetched",
            ),
            (
                {"$schema": "urn:mine"},
                "names a draft that Helm does not support: urn:mine",
            ),
            (
                {"properties": {"a": {"pattern": "^(?!b)"}}},
                "that Helm cannot use: ^(?!b)",
            ),
            (
                {"properties": {"a": {"pattern": "(?<=b)c"}}},
                "that Helm cannot use: (?<=b)c",
            ),
            (
                {"properties": {"a": {"pattern": r"(a)\1"}}},
                r"that Helm cannot use: (a)\1",
            ),
            ({"patternProperties": {"(?=a)": {}}}, "that Helm cannot use: (?=a)"),
            (
                {"$schema": DRAFT_7, "properties": {"a": {"pattern": "(a"}}},
                "that Helm cannot use: (a",
            ),
        ],
    )
    def test_is_refused(
        self, schema: Mapping[str, Any] | str, words: str, tmp_path: Path
    ) -> None:
        with pytest.raises(ChartError) as caught:
            _found(_chart(tmp_path / "c", schema), "a: 1")
        assert words in str(caught.value)
        assert "values.schema.json" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_nothing_is_fetched(self, tmp_path: Path) -> None:
        uri = "http://127.0.0.1:9/never.json"
        with pytest.raises(ChartError, match=f"refers to {uri}, which is not fetched"):
            _found(_chart(tmp_path / "c", {"properties": {"a": {"$ref": uri}}}), "a: 1")


class TestDrafts:
    """The draft is chosen as Helm chooses it."""

    @pytest.mark.parametrize(
        "uri", [DRAFT_7, DRAFT_7.rstrip("#"), DRAFT_7.replace("http:", "https:")]
    )
    def test_draft_7_asserts_formats_and_ignores_siblings_of_references(
        self, uri: str, tmp_path: Path
    ) -> None:
        a = {"$ref": "#/definitions/any", "type": "string"}
        schema = {
            "$schema": uri,
            "definitions": {"any": {}},
            "properties": {"a": a, "b": {"format": "ipv4"}},
        }
        assert list(_found(_chart(tmp_path / "c", schema), "a: 1\nb: x")) == [
            'b is string "x", expected a valid ipv4'
        ]

    @pytest.mark.parametrize(
        "named", [{}, {"$schema": "http://json-schema.org/schema#"}]
    )
    def test_without_one_it_is_the_newest(
        self, named: Mapping[str, Any], tmp_path: Path
    ) -> None:
        a = {"$ref": "#/$defs/any", "type": "string"}
        schema = {
            **named,
            "$defs": {"any": {}},
            "properties": {"a": a, "b": {"format": "ipv4"}},
        }
        assert list(_found(_chart(tmp_path / "c", schema), "a: 1\nb: x")) == [
            "a is number 1, expected a string"
        ]

    def test_a_whole_float_is_an_integer(self, tmp_path: Path) -> None:
        chart = _chart(tmp_path / "c", {"properties": {"a": {"type": "integer"}}})
        assert _found(chart, "a: 5.0") == _found(chart, "a: 1e3") == {}


class TestSubcharts:
    """Every chart's schema sees its own part of the values."""

    SCHEMA: Mapping[str, Any] = {"properties": {"port": {"type": "integer"}}}

    def _umbrella(self, directory: Path, entry: str) -> Path:
        metadata = f"dependencies: [{{name: child, version: 0.1.0, {entry}}}]\n"
        _chart(
            directory / "umbrella" / "charts" / "child",
            self.SCHEMA,
            defaults="port: 80\n",
        )
        return _chart(directory / "umbrella", None, metadata)

    def test_below_the_alias(self, tmp_path: Path) -> None:
        chart = self._umbrella(tmp_path, "alias: llm")
        assert list(_found(chart, "llm: {port: x}\nchild: {port: y}")) == [
            'llm.port is string "x", expected a whole number'
        ]

    @pytest.mark.parametrize(
        ("entry", "values", "checked"),
        [
            ("condition: child.enabled", "{}", True),
            ("condition: child.enabled", "{child: {enabled: false}}", False),
            (
                "condition: 'other.active, child.enabled'",
                "{other: {active: true}, child: {enabled: false}}",
                True,
            ),
            ("tags: [llm]", "{tags: {llm: false}}", False),
            ("tags: [llm, gpu]", "{tags: {llm: false, gpu: true}}", True),
            (
                "condition: child.enabled, tags: [llm]",
                "{child: {enabled: true}, tags: {llm: false}}",
                True,
            ),
        ],
    )
    def test_only_when_it_is_installed(
        self, entry: str, values: str, checked: bool, tmp_path: Path
    ) -> None:
        chart = load_chart(str(self._umbrella(tmp_path, entry)))
        merged = layer(
            chart,
            [
                parse_document(values, "a.yaml"),
                parse_document("child: {port: x}", "b.yaml"),
            ],
            [],
        )
        assert any(violations(scope) for scope in scopes(merged)) == checked


@pytest.mark.parametrize(
    "file", [*CHARTS.glob("*/values.schema.json"), SCHEMA], ids=lambda file: str(file)
)
def test_every_pattern_of_our_schemas_has_words(file: Path) -> None:
    def with_patterns(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for one in schema for found in with_patterns(one)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if isinstance(schema.get("pattern"), str) else []
        return own + with_patterns(list(schema.values()))

    found = with_patterns(json.loads(file.read_text("utf-8")))
    assert [one for one in found if not one.get(EXPECTED)] == []


ITEMS = "items that match `contains` of the schema"
MANY = {"anyOf": [{"const": number} for number in range(2, 3000)]}
LIST, MAP = [1, 1, "x"], {"a": 1, "b": {"c": 2}}
EVERY_KEYWORD: list[tuple[Any, Any, str]] = [
    ({"not": True}, 1, "x must not be set"),
    ({"not": {}}, 1, "x must not be set"),
    ({"enum": []}, 1, "x must not be set"),
    ({"not": {"required": []}}, MAP, "x is a map, expected something else"),
    ({"not": {"required": ["a", "b"]}}, MAP, "x accepts only one of a and b"),
    ({"not": {"enum": [1, 2]}}, 1, "x is number 1, expected anything but 1 and 2"),
    (
        {"not": {"pattern": "^/tmp", EXPECTED: "a path below /tmp"}},
        "/tmp",
        'x is string "/tmp", expected anything but a path below /tmp',
    ),
    ({"not": {"enum": [1]}}, 1, "x is number 1, expected anything but 1"),
    ({"not": {"anyOf": [True]}}, 1, "x is number 1, expected something else"),
    ({"minProperties": 3}, MAP, "x is a map, expected at least 3 keys"),
    ({"maxProperties": 0}, MAP, "x is a map, expected at most 0 keys"),
    ({"propertyNames": {"pattern": "^z"}}, {"a": 1}, "x must not have the key a"),
    (
        {"contains": {"const": 9}},
        LIST,
        "x is a list, expected at least 1 item that matches `contains` of the schema",
    ),
    (
        {"contains": True, "minContains": 5},
        LIST,
        f"x is a list, expected at least 5 {ITEMS}",
    ),
    (
        {"contains": True, "maxContains": 2},
        LIST,
        f"x is a list, expected 1 to 2 {ITEMS}",
    ),
    ({"items": False}, [1], "x[0] must not be set"),
    ({"prefixItems": [{}], "items": False}, [1, 2], "x[1] must not be set"),
    (
        {"prefixItems": [{}], "unevaluatedItems": False},
        [1, 2],
        "x is a list, expected a list without further items",
    ),
    ({"uniqueItems": True}, LIST, "x has a duplicate item"),
    ({"if": True, "then": False}, 1, "x must not be set"),
    ({"if": False, "else": {"type": "null"}}, 1, "x is number 1, expected null"),
    ({"dependentSchemas": {"a": False}}, MAP, "x must not be set"),
    ({"dependentRequired": {"a": ["z"]}}, MAP, "x.z is missing, but a requires it"),
    (
        {"oneOf": [True, True]},
        1,
        "x is number 1, expected what `oneOf` of the schema allows",
    ),
    ({"anyOf": [False]}, 1, "x must not be set"),
    ({"anyOf": [False, False]}, 1, "x must not be set"),
    ({"allOf": [False]}, 1, "x must not be set"),
    (
        {"anyOf": [{"const": number} for number in range(2, 3000)]},
        1,
        "x is number 1, expected what `anyOf` of the schema allows",
    ),
]


@pytest.mark.parametrize(("schema", "value", "words"), EVERY_KEYWORD)
def test_every_keyword_has_a_sentence_at_the_top_and_below(
    schema: Any, value: Any, words: str, tmp_path: Path
) -> None:
    for at, name in enumerate(("x", "y.x")):
        below = {"properties": {"x": schema}}
        whole = {"properties": {"y": below}} if at else below
        found = _found(
            _chart(tmp_path / f"c{at}", whole),
            json.dumps({"y": {"x": value}} if at else {"x": value}),
        )
        assert list(found) == [words.replace("x", name, 1)]


@pytest.mark.parametrize(
    "schema", [one for one, _, _ in EVERY_KEYWORD if isinstance(one, dict)], ids=str
)
@pytest.mark.parametrize(
    "around",
    [
        lambda one: one,
        lambda one: {"additionalProperties": one},
        lambda one: {"patternProperties": {".": one}},
        lambda one: {"properties": {"c": {"items": one}, "d": {"propertyNames": one}}},
        lambda one: {"oneOf": [one, one]},
        lambda one: {"not": one},
        lambda one: {"anyOf": [one, {"type": "null"}]},
        lambda one: {
            "$defs": {"q": one},
            "additionalProperties": {"$ref": "#/$defs/q"},
        },
        lambda one: {"propertyNames": one},
        lambda one: {"dependentSchemas": {"c": one}},
        lambda one: {"unevaluatedProperties": one},
        lambda one: {"properties": {"c": {"contains": one}}},
    ],
)
def test_every_keyword_in_every_place(schema: Any, around: Any, tmp_path: Path) -> None:
    chart = _chart(tmp_path / "c", around(schema))
    call = ["lint", "--no-render", str(chart), "-f", str(tmp_path / "v.yaml")]
    (tmp_path / "v.yaml").write_text(
        "a: 1\nc: [1, 1, x]\nd: {e: {f: null}, 'x.y': 2}\nn: null\n"
    )
    assert run(call) in (0, 1)


@pytest.mark.parametrize(
    "schema", [{"additionalProperties": False}, {"propertyNames": False}]
)
def test_a_schema_that_takes_no_key(schema: Any, tmp_path: Path) -> None:
    chart = load_chart(str(_chart(tmp_path / "c", {"properties": {"x": schema}})))
    values = layer(chart, [parse_document("x: {a: 1, b: 2}", "values.yaml")], [])
    found = [one for scope in scopes(values) for one in violations(scope)]
    assert [(one.path, one.keyword) for one in found] == [
        (("x", key), "additionalProperties") for key in "ab"
    ]
