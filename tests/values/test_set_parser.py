"""--set and its variants by example; tests/differential compares generated expressions with Helm."""

from pathlib import Path
from typing import Any

import pytest

from helm_llm.set_option import SetFlag
from helm_llm.values.set_parser import apply_set_option
from helm_llm.values.set_value import InvalidSetOption


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1", {"a": 1}),
        ("a=-1,b=0", {"a": -1, "b": 0}),
        ("a=9223372036854775807", {"a": 2**63 - 1}),
        ("a=9223372036854775808", {"a": "9223372036854775808"}),
        ("a=TRUE,b=False,c=Null", {"a": True, "b": False, "c": None}),
        ("a=0.9,b=1e5,c=0123,d=nil", {"a": "0.9", "b": "1e5", "c": "0123", "d": "nil"}),
        ("a=-07,b=+5", {"a": -7, "b": 5}),
        ('a=,b= x ,c="q"', {"a": "", "b": " x ", "c": '"q"'}),
        ("a=x\\,y", {"a": "x,y"}),
        ("limits.nvidia\\.com/gpu=2", {"limits": {"nvidia.com/gpu": 2}}),
        ("limits.nvidia.com/gpu=2", {"limits": {"nvidia": {"com/gpu": 2}}}),
        ("l={a,1,null}", {"l": ["a", 1, None]}),
        ("l={}", {"l": [""]}),
        ("l={a}b=1", {"l": ["a"], "b": 1}),
        ("l[2]=9", {"l": [None, None, 9]}),
        ("l[0].a=1,l[0].b=2,l[1][1]=3", {"l": [{"a": 1, "b": 2}, [None, 3]]}),
        ("x.a=1,x=2", {"x": 2}),
        ("a[0]", {"a": []}),
        ("l[0].a=", {"l": []}),
        ("a.", {}),
        ("=5", {}),
        ("", {}),
        ("a=b=c", {"a": "b=c"}),
        ("a=x\\", {"a": "x"}),
    ],
)
def test_set(text: str, tree: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    apply_set_option("--set", text, found)
    assert found == tree


@pytest.mark.parametrize(
    ("flag", "text", "tree"),
    [
        (
            "--set-string",
            "a=1,b=true,l={1,2}",
            {"a": "1", "b": "true", "l": ["1", "2"]},
        ),
        ("--set-literal", "k.b=a,b={c}\\", {"k": {"b": "a,b={c}\\"}}),
        ("--set-literal", "l[1]=x=y", {"l": [None, "x=y"]}),
        (
            "--set-json",
            'a=[1,{"b":null}],c=1.5 ,d="x"',
            {"a": [1, {"b": None}], "c": 1.5, "d": "x"},
        ),
        ("--set-json", "a=,b=1e3", {"a": None, "b": 1000}),
        ("--set-json", 'l[1]={"x":1}', {"l": [None, {"x": 1}]}),
    ],
)
def test_siblings(flag: SetFlag, text: str, tree: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    apply_set_option(flag, text, found)
    assert found == tree


def test_set_file(tmp_path: Path) -> None:
    file = tmp_path / "template.jinja"
    file.write_text("{{ x }}\n")
    found: dict[str, Any] = {}
    apply_set_option("--set-file", f"chat.template={file}", found)
    assert found == {"chat": {"template": "{{ x }}\n"}}


def test_the_object_form_of_json_needs_helm_4() -> None:
    found = {"a": {"b": 1, "c": 1}, "d": 1}
    with pytest.raises(InvalidSetOption, match="needs Helm 4"):
        apply_set_option("--set-json", '{"a": {"b": 2}}', found)
    claims = apply_set_option(
        "--set-json", ' {"a": {"b": 2}, "d": {}}', found, helm_version=(4, 3, 1)
    )
    assert found == {"a": {"b": 2, "c": 1}, "d": {}}
    assert claims == [(("a", "b"), 2), (("d",), {})]
    with pytest.raises(InvalidSetOption, match="text after the JSON object: x"):
        apply_set_option("--set-json", "{}x", found, helm_version=(4, 3, 1))


def test_lists_that_are_there_are_edited_in_place() -> None:
    found = {"l": [1, {"a": 1}], "m": {"n": [1]}}
    claims = apply_set_option("--set", "l[3]=9,l[1].b=2,m.n[0]=5", found)
    assert found == {"l": [1, {"a": 1, "b": 2}, None, 9], "m": {"n": [5]}}
    padding = [(("l", 2), None), (("l", 3), None)]
    assert claims == [*padding, (("l", 3), 9), (("l", 1, "b"), 2), (("m", "n", 0), 5)]


@pytest.mark.parametrize(
    ("flag", "text", "words"),
    [
        ("--set", "a", "a has no value, write a=VALUE"),
        ("--set", "a.b,c=1", "a.b has no value"),
        ("--set", "x=2,x.a=1", "x is already the value 2"),
        ("--set", "l={a},l.x=1", "l is already a list"),
        ("--set", "m.a=1,m[0]=1", "m is already a mapping, not a list"),
        ("--set", "a=null,a[0]=1", "a is already null"),
        ("--set", "l[0]=1,l[0][0]=1", r"l\[0\] is already the value 1"),
        ("--set", "l[-1]=x", r"the first item is \[0\]"),
        ("--set", "l[65537]=x", "no index above 65536"),
        ("--set", "l[a]=x", r"\[a\] is not an index"),
        ("--set", "l[0]x=1", r"`=`, `.` or `\[` must follow l\[0\], not x"),
        ("--set", "l[0=1", r"lacks its `\]`"),
        ("--set", "l={a,b", "lacks its `}`"),
        ("--set", "a..=1", "nothing is set below a"),
        ("--set", ".".join(["a"] * 32) + "=1", "more than 30 names"),
        ("--set", "a" + "[0]" * 100_000 + "=1", "nested more than 100 levels"),
        ("--set-json", "a=x", "x is not JSON .*double quotes"),
        ("--set-json", "a=NaN", "JSON has no NaN"),
        ("--set-json", "a=1.", r"1\. is not a JSON number"),
        ("--set-json", "a=1e999", "Helm refuses .inf"),
        ("--set-json", "a=" + "[" * 100_000, "is not JSON"),
        (
            "--set-file",
            "a=missing.txt",
            "cannot read the file missing.txt: No such file",
        ),
        ("--set-literal", "a", "a has no value"),
    ],
)
def test_refused(flag: SetFlag, text: str, words: str) -> None:
    with pytest.raises(InvalidSetOption, match=words):
        apply_set_option(flag, text, {})


def test_helm_4_takes_an_index_that_never_closes() -> None:
    assert apply_set_option("--set", "a=1,l[0", {}, helm_version=(4, 3, 1)) == [
        (("a",), 1)
    ]
    with pytest.raises(InvalidSetOption, match="lacks its"):
        apply_set_option("--set", "a=1,l[0", {}, helm_version=(4, 0, 5))


@pytest.mark.parametrize(
    ("flag", "text", "tree"),
    [
        ("--set", "a=x\udcffy", {"a": "x\ufffdy"}),
        ("--set", "a\udcff=1", {"a\ufffd": 1}),
        ("--set-string", "a=\udce2\udc82", {"a": "\ufffd\ufffd"}),
        ("--set-literal", "a=\udcff", {"a": "\ufffd"}),
        ("--set-json", 'a="\\ud800"', {"a": "\ufffd"}),
        ("--set-json", 'a="\\ud83d\\ude00"', {"a": "\U0001f600"}),
        ("--set-json", 'a={"\\udfff": ["\\ud800x"]}', {"a": {"\ufffd": ["\ufffdx"]}}),
    ],
)
def test_invalid_unicode_is_read_as_go_reads_it(
    flag: SetFlag, text: str, tree: dict[str, Any]
) -> None:
    found: dict[str, Any] = {}
    apply_set_option(flag, text, found)
    assert found == tree
