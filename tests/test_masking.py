"""Secrets that are masked, texts that are not, and control characters that are made visible."""

import base64
import json
import re
import urllib.parse
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_llm import masking
from helm_llm.masking import clean, clean_line, mask
from helm_llm.masking.expression import mask_option
from helm_llm.masking.names import is_secret_name, is_secret_path
from helm_llm.masking.registry import _ORDINARY
from helm_llm.masking.secret import Secret
from helm_llm.masking.tree import conceal, secrets_of_tree
from helm_llm.masking.visible import escape_controls, escape_controls_in_line
from helm_llm.set_option import SetOption


@pytest.fixture(autouse=True)
def _a_new_run() -> None:
    masking.begin([])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "apiKey",
            "apikey",
            "api_key",
            "ngcAPIKey",
            "NGC_API_KEY",
            "OPENAI_KEY",
            "HF_TOKEN",
            "hfToken",
            "token",
            "--hf-token",
        ),
        *(
            "password",
            "dbPassword",
            "PGPASSWORD",
            "secret",
            "clientSecret",
            "AWS_SECRET_ACCESS_KEY",
            "privateKey",
        ),
        *(
            "huggingfaceToken",
            "HELM_KUBETOKEN",
            "x-api-key",
            "credentials",
            "Authorization",
            "apiKeys",
            "secretKey",
        ),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "existingSecret",
            "ngcAPISecret",
            "tokenSecret",
            "tokenSecretKey",
            "secretName",
            "imagePullSecrets",
            "key",
        ),
        *(
            "maxTokens",
            "max_num_batched_tokens",
            "tokenizer",
            "topologyKey",
            "publicKey",
            "eos_token",
            "keyName",
            "",
        ),
        *(
            "serviceAccountToken",
            "secretKeyRef",
            "monkey",
            "passive",
            "k" * 5000,
            "image",
            "pullSecret",
        ),
    ],
)
def test_names_of_anything_else(name: str) -> None:
    assert not is_secret_name(name)


def test_below_a_secret_all_is_secret_but_where_it_is() -> None:
    assert is_secret_path(("apiKey", "value"))
    assert is_secret_path(("secret", "data", 0, "x"))
    assert not is_secret_path(("apiKey", "existingSecret"))
    assert not is_secret_path(("image", "tag"))


SECRETS = st.text(
    st.characters(exclude_categories=["Cs"]), min_size=12, max_size=80
).filter(
    lambda text: (
        len(set(text.strip())) >= 8
        and any(map(str.isalnum, text))
        and "***" not in text
        and text == text.strip()
        and text.lower() not in _ORDINARY
    )
)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of all characters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "XML": lambda text: escape(text, {'"': "&quot;"}),
    "a URL": lambda text: urllib.parse.quote(text, safe=""),
    "a form": urllib.parse.quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "YAML": lambda text: text.replace("'", "''"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(secret=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_secret_is_masked_in_every_encoding(
    encoding: str, secret: str, before: str, after: str
) -> None:
    masking.begin([])
    masking.learn(lambda: [Secret(secret)])
    encoded = ENCODINGS[encoding](secret)
    out = mask(f"{before} {encoded} {after}")
    assert encoded not in out
    assert "***" in out


@given(user=st.text(st.characters(codec="ascii", categories=("L", "N")), max_size=7))
def test_a_part_of_something_in_base64_is_masked(user: str) -> None:
    secret = "Xq7canaryWv2-of-some-length"
    masking.begin([])
    masking.learn(lambda: [Secret(secret)])
    out = mask(base64.b64encode(f"{user}:{secret}\n".encode()).decode())
    decoded = "".join(
        base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
        for part in out.split("***")
    )
    assert "canary" not in decoded


@given(st.text())
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    masking.begin([])
    masking.learn(lambda: [Secret("Xq7canaryWv2")])
    if not re.search(r"[=:@]|bearer|basic|--", text, re.IGNORECASE):
        assert mask(text) == text


@pytest.mark.parametrize(
    "word",
    [
        "true",
        "1",
        "",
        "abc",
        "vllm",
        "token",
        "<your-key>",
        "$(HF_TOKEN)",
        "changeme",
        "    ",
    ],
)
def test_ordinary_words_are_not_masked(word: str) -> None:
    masking.learn(lambda: [Secret(word)])
    assert mask(f"the {word} is shown") == f"the {word} is shown"


def test_a_default_of_a_chart_is_not_masked() -> None:
    masking.learn_ordinary(lambda: ["release-name", "llama"])
    masking.learn(lambda: [Secret("llama"), Secret("release-name"), Secret("lamas")])
    assert mask("llama release-name lamas") == "llama release-name ***"


def test_a_short_one_is_masked_as_a_word_and_a_long_one_anywhere() -> None:
    masking.learn(lambda: [Secret("hunt3r"), Secret("correct-horse-battery")])
    assert (
        mask("hunt3r xhunt3r hunt3rs _hunt3r_ 'hunt3r'")
        == "*** xhunt3r hunt3rs _***_ '***'"
    )
    assert mask("xcorrect-horse-batteryx") == "x***x"


def test_the_longest_comes_first_and_overlapping_ones_go_together() -> None:
    masking.learn(
        lambda: [
            Secret("abcd-efgh-ijkl"),
            Secret("abcd-efgh-ijkl-mnop-qrst"),
            Secret("mnop-qrst-uvwx-yz"),
        ]
    )
    assert mask("abcd-efgh-ijkl-mnop-qrst") == "***"
    assert mask("abcd-efgh-ijkl-mnop-qrst-uvwx-yz!") == "***!"


def test_one_that_is_cut_short_is_masked() -> None:
    secret = "".join(f"{number:x}-" for number in range(40))
    masking.learn(lambda: [Secret(secret)])
    assert mask(f"value {secret[:57]}... is long") == "value ***... is long"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pull https://me:pa55@host/x failed", "pull https://me:***@host/x failed"),
        ("get https://0123456789abcdef01234567@host", "get https://***@host"),
        ("run --api-key=abcd1 now", "run --api-key=*** now"),
        ("run --api-key S3cretOfOurs now", "run --api-key *** now"),
        (
            "`--api-key` and --hf-token are flags",
            "`--api-key` and --hf-token are flags",
        ),
        ("--set apiKey.value=abcd1: no", "--set apiKey.value=***: no"),
        ('{"password": "abcd"}', '{"password": "***"}'),
        ("Authorization: Bearer abcdefgh1", "Authorization: Bearer ***"),
        ("bearer authentication is used", "bearer authentication is used"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "***"),
        ("glpat-aBcDeFgHiJkLmNoP1234", "***"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nx",
            "***\nx",
        ),
        ("write apiKey.value=VALUE", "write apiKey.value=VALUE"),
        (
            "hf_transfer and hf_xxxxxxxxxxxxxxxxxxxx",
            "hf_transfer and hf_xxxxxxxxxxxxxxxxxxxx",
        ),
        ("image@sha256:0123 user@host:80", "image@sha256:0123 user@host:80"),
    ],
)
def test_secrets_known_by_form_and_context(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (
            SetOption("--set", "apiKey.value=ab,replicaCount=2"),
            "--set apiKey.value=***,replicaCount=2",
        ),
        (SetOption("--set", r"apiKey.value=a\,b"), "--set apiKey.value=***"),
        (SetOption("--set", "apiKey.value=a,b"), "--set apiKey.value=***,***"),
        (SetOption("--set", "apiKey={a,b},x={c,d}"), "--set apiKey=***,x={c,d}"),
        (
            SetOption("--set-json", 'apiKey={"value":"ab","existingSecret":"x"}'),
            '--set-json apiKey={"value":"***","existingSecret":"x"}',
        ),
        (
            SetOption("--set-json", '{"a":1,"token":"ab"'),
            '--set-json {"a":1,"token":"***"',
        ),
        (
            SetOption("--set-literal", "apiKey.value=a,b=c"),
            "--set-literal apiKey.value=***",
        ),
        (
            SetOption("--set-file", "apiKey.value=key.txt"),
            "--set-file apiKey.value=key.txt",
        ),
        (SetOption("--set", "image.tag=v1"), "--set image.tag=v1"),
    ],
)
def test_an_option_is_shown_without_its_secrets(
    option: SetOption, expected: str
) -> None:
    assert mask_option(option) == expected


POD = {
    "kind": "Pod",
    "spec": {
        "automountServiceAccountToken": True,
        "volumes": [
            {
                "projected": {
                    "sources": [{"serviceAccountToken": {"expirationSeconds": 3607}}]
                }
            }
        ],
        "containers": [
            {
                "args": ["--api-key", "ab", "--model", "llama"],
                "env": [
                    {"name": "HF_TOKEN", "value": "ab"},
                    {"name": "A", "value": "b"},
                ],
            }
        ],
    },
}


def test_the_objects_of_a_cluster_are_shown_without_secrets() -> None:
    spec = conceal(POD)["spec"]
    assert spec["containers"][0] == {
        "args": ["--api-key", "***", "--model", "llama"],
        "env": [{"name": "HF_TOKEN", "value": "***"}, {"name": "A", "value": "b"}],
    }
    assert spec["volumes"] == POD["spec"]["volumes"]  # type: ignore[index]
    assert spec["automountServiceAccountToken"] is True


def test_a_secret_of_a_cluster_is_masked_in_base64_and_decoded() -> None:
    data = base64.b64encode(b"Xq7canaryWv2").decode()
    masking.learn(lambda: secrets_of_tree({"kind": "Secret", "data": {"x": data}}))
    assert mask(f"log: Xq7canaryWv2 {data}") == "log: *** ***"


def test_numbers_are_masked_as_programs_print_them() -> None:
    masking.learn(lambda: secrets_of_tree({"apiKey": [837465019283, 1234.5]}))
    assert mask("837465019283 8.37465019283e+11 1234.5") == "*** *** ***"
    masking.learn(lambda: secrets_of_tree({"apiKey": 10**400}))
    assert mask("fine") == "fine"


@given(st.text(st.characters()))
def test_what_is_visible_steers_nothing(text: str) -> None:
    for out in (escape_controls(text), escape_controls_in_line(text)):
        out.encode("utf-8")
        assert not re.search(
            r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]",
            out,
        )
        assert not re.search(r"(?m)^\s*::|##\[|##vso\[|\r(?!\n)", out)
    assert "\n" not in escape_controls_in_line(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[31mb\x07", "a\\x1b[31mb\\x07"),
        ("\u202egnp.exe\u200b", "\\u202egnp.exe\\u200b"),
        ("\x9b31m\udcff\U000e0041", "\\x9b31m\\udcff\\U000e0041"),
        ("one\r\ntwo\rthree\n", "one\r\ntwo\\rthree\n"),
        (
            "::error::x\n  ::stop-commands::y",
            "\\x3a:error::x\n  \\x3a:stop-commands::y",
        ),
        ("x ##[error]y ##vso[task]", "x \\x23#[error]y \\x23#vso[task]"),
        ("a::b std::move", "a::b std::move"),
        ("Größe 模型 e\u0301 \u00a0 👍", "Größe 模型 e\u0301 \u00a0 👍"),
    ],
)
def test_what_is_made_visible(text: str, expected: str) -> None:
    assert escape_controls(text) == expected


def test_one_line_stays_one() -> None:
    assert clean_line("a\nb\tc\r\n") == "a\\nb\\tc\\r\\n"
    assert clean("a\nb") == "a\nb"
