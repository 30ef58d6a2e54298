"""Scalars that are rare in values files; tests/differential compares the usual ones with Helm."""

import pytest

from helm_llm.document.scalars import BINARY, Scalar, as_key, as_value, resolve

TAG = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("text", "tag", "plain", "value"),
    [
        ("yes", None, False, "yes"),
        ("yes", None, True, True),
        ("", None, False, ""),
        ("", None, True, None),
        ("5", TAG + "str", True, "5"),
        ("5", TAG + "float", True, 5),
        ("5", "!ours", True, "5"),
        ("~", TAG + "null", False, None),
        ("aGk=", BINARY, True, "hi"),
        ("aG\nk=", BINARY, False, "hi"),
        ("0" * 5000 + "7", None, True, 7),
        ("9" * 5000, None, True, "9" * 5000),
        ("1" + "0" * 300, None, True, 1e300),
    ],
)
def test_resolve(text: str, tag: str | None, plain: bool, value: Scalar) -> None:
    assert resolve(text, tag, plain) == value


@pytest.mark.parametrize(
    ("text", "tag", "words"),
    [
        ("x", "int", "`x` does not fit its tag !!int"),
        ("5.5", "int", "!!int"),
        ("5", "bool", "!!bool"),
        ("5", "null", "!!null"),
        ("a", "binary", "not base64"),
    ],
)
def test_tags_that_do_not_fit(text: str, tag: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        resolve(text, TAG + tag, True)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        (5.0, 5),
        (2**53 + 1, 2**53),
        (2**60, float(2**60)),
        (-0.0, 0),
        (1.5, 1.5),
        (True, True),
        ("5", "5"),
        (None, None),
    ],
)
def test_values_are_float64_and_whole_ones_int(scalar: Scalar, value: Scalar) -> None:
    found = as_value(scalar)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_values_are_finite(number: float) -> None:
    with pytest.raises(ValueError, match=r"Helm refuses -?\.(inf|nan)"):
        as_value(number)


@pytest.mark.parametrize(
    ("scalar", "words"), [(None, "must not be null"), (2**63, "too large for a key")]
)
def test_keys_that_helm_refuses(scalar: Scalar, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        as_key(scalar)
