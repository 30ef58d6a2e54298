"""The server's environment."""

from collections.abc import Callable
from typing import Any

import pytest

Env = Callable[..., dict[str, Any]]

DEFAULT = {
    "k8s": "true",
    "NCCL_P2P_DISABLE": "1",
    "NCCL_IB_DISABLE": "1",
    "VLLM_USE_V1": "1",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}


def test_the_defaults(env: Env) -> None:
    assert list(env().items()) == list(DEFAULT.items())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"vllmUseV1": 0}, {"VLLM_USE_V1": "0"}),
        (
            {"vllmWorkerMultiprocMethod": "fork"},
            {"VLLM_WORKER_MULTIPROC_METHOD": "fork"},
        ),
        (
            {"tiktokenEncodingsBase": "/data/tiktoken"},
            {"TIKTOKEN_ENCODINGS_BASE": "/data/tiktoken"},
        ),
    ],
)
def test_values_of_their_own(
    env: Env, given: dict[str, Any], expected: dict[str, str]
) -> None:
    assert env(values={"vllm": {"env": given}}) == {**DEFAULT, **expected}


def test_the_users_variables_replace_those_of_the_chart(env: Env) -> None:
    secret = {"secretKeyRef": {"name": "clients", "key": "api"}}
    extra = [
        {"name": "NCCL_P2P_DISABLE", "value": 0},
        {"name": "BIG", "value": 1048576},
        {"name": "YES", "value": True},
        {"name": "VLLM_API_KEY", "valueFrom": secret},
    ]
    rendered = env(values={"vllm": {"extraEnv": extra}})
    assert rendered == {
        **DEFAULT,
        "NCCL_P2P_DISABLE": "0",
        "BIG": "1048576",
        "YES": "true",
        "VLLM_API_KEY": secret,
    }


def test_null_removes_a_variable(env: Env) -> None:
    assert "VLLM_USE_V1" not in env("--set", "vllm.env.vllmUseV1=null")
