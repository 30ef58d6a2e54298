"""The server's variables: caches, secrets, and the user's own."""

import base64
from collections.abc import Callable
from typing import Any

Env = Callable[..., dict[str, Any]]
Objects = Callable[..., list[dict[str, Any]]]

CACHES = {
    "HF_HOME": "/root/.cache/huggingface",
    "VLLM_CACHE_ROOT": "/root/.cache/vllm",
    "TRITON_CACHE_DIR": "/root/.cache/triton",
}


def test_only_caches_and_the_time_limit_are_set_by_default(env: Env) -> None:
    assert env() == {**CACHES, "VLLM_ENGINE_READY_TIMEOUT_S": "600"}


def test_caches_follow_the_mount_and_the_time_limit_follows_slow_start(
    env: Env,
) -> None:
    moved = env(
        values={
            "persistence": {"mountPath": "/cache/"},
            "slowStart": {"enabled": False},
        }
    )
    assert moved == {
        name: value.replace("/root/.cache", "/cache") for name, value in CACHES.items()
    }


def test_the_engine_waits_for_itself_as_long_as_the_probes_do(env: Env) -> None:
    assert (
        env(values={"slowStart": {"maxStartupSeconds": 1000000}})[
            "VLLM_ENGINE_READY_TIMEOUT_S"
        ]
        == "1000000"
    )


def test_all_variables_come_in_a_fixed_order_with_the_users_last(env: Env) -> None:
    rendered = env(
        values={
            "modelDownload": {"enabled": True},
            "huggingfaceToken": {"value": "token"},
            "apiKey": {"value": "key"},
            "vllm": {"env": [{"name": "MINE", "value": "1"}]},
        }
    )
    secrets = ["HF_HUB_OFFLINE", "HF_TOKEN", "VLLM_API_KEY"]
    assert list(rendered) == [*CACHES, "VLLM_ENGINE_READY_TIMEOUT_S", *secrets, "MINE"]


def test_a_variable_of_the_user_replaces_the_charts(env: Env) -> None:
    mine = {"HF_HOME": "/elsewhere", "VLLM_API_KEY": "other", "HF_TOKEN": ""}
    variables = [{"name": name, "value": value} for name, value in mine.items()]
    rendered = env(
        values={
            "apiKey": {"value": "k"},
            "huggingfaceToken": {"value": "t"},
            "vllm": {"env": variables},
        }
    )
    assert rendered == {**CACHES, "VLLM_ENGINE_READY_TIMEOUT_S": "600", **mine}


def test_scalars_become_text_and_sources_stay_as_they_are(env: Env) -> None:
    secret = {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}
    scalars = {
        "INTEGER": (4194304, "4194304"),
        "FRACTION": (0.5, "0.5"),
        "SWITCH": (True, "true"),
        "TEXT": ("", ""),
    }
    variables = [{"name": name, "value": value} for name, (value, _) in scalars.items()]
    rendered = env(
        values={"vllm": {"env": [*variables, {"name": "SECRET", "valueFrom": secret}]}}
    )
    assert {name: rendered[name] for name in scalars} == {
        name: text for name, (_, text) in scalars.items()
    }
    assert rendered["SECRET"] == secret


def test_whole_sources_are_passed_on(server: Callable[..., Any]) -> None:
    sources = [{"configMapRef": {"name": "settings"}}]
    assert server(values={"vllm": {"envFrom": sources}})["envFrom"] == sources


def test_literals_go_into_a_secret_and_nowhere_else(objects: Objects, env: Env) -> None:
    values = {
        "huggingfaceToken": {"value": "the-token"},
        "apiKey": {"value": "the-key"},
    }
    rendered = objects(values=values)
    secret = next(each for each in rendered if each["kind"] == "Secret")
    assert secret["metadata"]["name"] == "r-vllm-secrets"
    assert {name: base64.b64decode(data) for name, data in secret["data"].items()} == {
        "HF_TOKEN": b"the-token",
        "VLLM_API_KEY": b"the-key",
    }
    assert env(values=values)["HF_TOKEN"] == {
        "secretKeyRef": {"name": "r-vllm-secrets", "key": "HF_TOKEN"}
    }
    others = str([each for each in rendered if each["kind"] != "Secret"])
    assert "the-token" not in others
    assert "the-key" not in others


def test_a_new_literal_restarts_the_pods(deployment: Callable[..., Any]) -> None:
    sums = {
        deployment(values={"apiKey": {"value": key}})["template"]["metadata"][
            "annotations"
        ]["checksum/secrets"]
        for key in ("one", "two")
    }
    assert len(sums) == 2
    existing = deployment(values={"apiKey": {"existingSecret": "s"}})["template"][
        "metadata"
    ]["annotations"]
    assert list(existing) == ["helm-llm/model"]


def test_an_existing_secret_wins_over_a_literal(
    env: Env, kinds: Callable[..., list[str]]
) -> None:
    values = {"apiKey": {"existingSecret": "clients", "key": "api", "value": "literal"}}
    assert env(values=values)["VLLM_API_KEY"] == {
        "secretKeyRef": {"name": "clients", "key": "api"}
    }
    assert "Secret" not in kinds(values=values)


def test_a_key_name_belongs_to_an_existing_secret_only(env: Env) -> None:
    rendered = env(values={"apiKey": {"key": "other", "value": "literal"}})
    assert rendered["VLLM_API_KEY"]["secretKeyRef"]["key"] == "VLLM_API_KEY"
