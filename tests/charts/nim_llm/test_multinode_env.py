"""The variables of leader, workers and launcher."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.charts.nim_llm.conftest import LWS, MPI, Object

Container = Callable[..., Object]

LEADER_ONLY = {
    "OMPI_MCA_orte_keep_fqdn_hostnames",
    "OMPI_MCA_plm_rsh_args",
    "CLUSTER_START_TIMEOUT",
}
CACHES = {"NGC_HOME", "HF_HOME", "NUMBA_CACHE_DIR", "OUTLINES_CACHE_DIR"}
ENGINE = {
    "VLLM_CONFIGURE_LOGGING",
    "TLLM_LOG_LEVEL",
    "VLLM_NVEXT_LOG_LEVEL",
    "UVICORN_LOG_LEVEL",
    "VLLM_LOGGING_CONFIG_PATH",
    "VLLM_NVEXT_LOGGING_CONFIG_PATH",
}
SHARED = {
    "NIM_CACHE_PATH",
    "NGC_API_KEY",
    "NIM_SERVER_PORT",
    "NIM_JSONL_LOGGING",
    "NIM_LOG_LEVEL",
    "NIM_NUM_COMPUTE_NODES",
}


def with_(values: Object, **more: Any) -> Object:
    return {**values, "multiNode": {**values["multiNode"], **more}}


def test_variables_of_each_role(env: Container) -> None:
    own = {
        "CLUSTER_SIZE",
        "GROUP_INDEX",
        "GPUS_PER_NODE",
        "EXPORTED_NAMES",
        "SSH_DIRECTORY",
        "SSH_KEYS",
    }
    assert set(env(LWS, "leader")) == SHARED | CACHES | ENGINE | LEADER_ONLY | own
    fields = {"LEADER_NAME", "NAMESPACE", "LWS_NAME", "SSH_DIRECTORY", "SSH_KEYS"}
    assert set(env(LWS, "worker")) == SHARED | ENGINE | fields
    assert set(env(MPI, "launcher")) == SHARED | CACHES | ENGINE
    assert set(env(MPI, "worker")) == SHARED | ENGINE


def test_both_kinds_cache_in_the_same_places(env: Container) -> None:
    leader, launcher = env(LWS, "leader"), env(MPI, "launcher")
    assert {name: leader[name] for name in launcher} == launcher
    assert leader["NGC_HOME"] == "/model-store/ngc/hub"
    assert leader["HF_HOME"] == "/model-store/huggingface/hub"
    assert leader["NIM_NUM_COMPUTE_NODES"] == "2"


@pytest.mark.parametrize(
    ("level", "engines"),
    [
        ("DEFAULT", ("ERROR", "INFO", "info")),
        ("trace", ("TRACE", "DEBUG", "trace")),
        ("CRITICAL", ("ERROR", "CRITICAL", "critical")),
    ],
)
def test_log_levels_of_the_engines(
    env: Container, level: str, engines: tuple[str, str, str]
) -> None:
    variables = env(
        {**LWS, "model": {"logLevel": level, "jsonLogging": False}}, "leader"
    )
    names = ("TLLM_LOG_LEVEL", "VLLM_NVEXT_LOG_LEVEL", "UVICORN_LOG_LEVEL")
    assert tuple(variables[name] for name in names) == engines
    assert (
        variables["VLLM_LOGGING_CONFIG_PATH"]
        == "/etc/nim/config/python_readable_logging_config.json"
    )


USER = [
    {"name": "MINE", "value": "1"},
    {"name": "HF_HOME", "value": "/hub"},
    {"name": "CLUSTER_SIZE", "value": "9"},
]


def test_all_variables_reach_the_ranks_once(
    env: Container, container: Container
) -> None:
    more = {
        "env": USER,
        "model": {"hfTokenSecret": "hub"},
        "proxyCA": {"enabled": True, "secretName": "ca"},
        "lora": {"repositories": ["a/b"]},
    }
    leader = env({**LWS, **more}, "leader")
    exported = leader["EXPORTED_NAMES"].split()
    assert sorted(exported) == sorted(
        SHARED
        | CACHES
        | ENGINE
        | {"MINE", "HF_TOKEN", "SSL_CERT_FILE", "NIM_PEFT_SOURCE"}
    )
    assert leader["HF_HOME"] == env({**LWS, **more}, "worker")["HF_HOME"] == "/hub"
    assert set(leader["CLUSTER_SIZE"]) == {"fieldRef"}
    command = container({**MPI, **more}, "launcher")["command"]
    assert [name for flag, name in pairwise(command) if flag == "-x"] == exported


def test_images_that_start_their_own_cluster(
    container: Container, env: Container, objects: Callable[..., list[Object]]
) -> None:
    lws, mpi = with_(LWS, launcher="image"), with_(MPI, launcher="image")
    for values, role in (
        (lws, "leader"),
        (lws, "worker"),
        (mpi, "launcher"),
        (mpi, "worker"),
    ):
        assert "command" not in container(values, role)
        assert not (ENGINE | CACHES) & set(env(values, role))
    assert {
        name: env(lws, "leader")[name]
        for name in ("NIM_LEADER_ROLE", "NIM_MPI_ALLOW_RUN_AS_ROOT", "GPUS_PER_NODE")
    } == {
        "NIM_LEADER_ROLE": "1",
        "NIM_MPI_ALLOW_RUN_AS_ROOT": "0",
        "GPUS_PER_NODE": "8",
    }
    root = env({**lws, "podSecurityContext": {"runAsUser": 0}}, "worker")
    assert (root["NIM_LEADER_ROLE"], root["NIM_MPI_ALLOW_RUN_AS_ROOT"]) == ("0", "1")
    assert set(env(mpi, "worker")) == SHARED
    assert "r-nim-llm-mpi-start-script" not in {
        each["metadata"]["name"] for each in objects(values=lws)
    }


def test_large_integers_stay_integers(env: Container) -> None:
    assert (
        env(with_(LWS, clusterStartTimeout=1000000), "leader")["CLUSTER_START_TIMEOUT"]
        == "1000000"
    )
