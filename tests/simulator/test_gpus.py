"""Counting of GPUs, and the engine's error for too few."""

from __future__ import annotations

from pathlib import Path

import pytest

from helm_llm.simulator.failure import BadSetting
from helm_llm.simulator.gpus import count_gpus
from tests.simulator.conftest import Start
from tests.simulator.engine import refused

NONE = "RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` "


@pytest.mark.parametrize(
    ("environ", "count"),
    [
        ({}, 2),
        ({"SIM_GPUS": "4"}, 4),
        ({"SIM_GPUS": "0"}, 0),
        ({"SIM_GPUS": ""}, 2),
        ({"CUDA_VISIBLE_DEVICES": "0,1,2"}, 3),
        ({"CUDA_VISIBLE_DEVICES": ""}, 0),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, 0),
        ({"NVIDIA_VISIBLE_DEVICES": "GPU-a,GPU-b,GPU-c"}, 3),
        ({"NVIDIA_VISIBLE_DEVICES": "all"}, 2),
        ({"NVIDIA_VISIBLE_DEVICES": "void"}, 2),
        ({"NVIDIA_VISIBLE_DEVICES": "none"}, 2),
        ({"SIM_GPUS": "4", "CUDA_VISIBLE_DEVICES": "0"}, 1),
        (
            {
                "SIM_GPUS": "1",
                "CUDA_VISIBLE_DEVICES": "0,1",
                "NVIDIA_VISIBLE_DEVICES": "all",
            },
            1,
        ),
    ],
)
def test_the_smallest_number_of_gpus_counts(
    tmp_path: Path, environ: dict[str, str], count: int
) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    assert count_gpus(environ, tmp_path) == count


def test_a_count_must_be_one() -> None:
    with pytest.raises(BadSetting, match="SIM_GPUS=two is not valid"):
        count_gpus({"SIM_GPUS": "two"})


def test_no_gpu() -> None:
    done = refused("m", SIM_GPUS="0")
    assert done.code == 1
    assert done.last.startswith(NONE)


def test_more_ranks_than_gpus() -> None:
    done = refused("m", "-tp", "2", "--pipeline-parallel-size=2", SIM_GPUS="3")
    assert done.code == 1
    assert done.stderr.endswith("""\
pydantic_core._pydantic_core.ValidationError: 1 validation error for ParallelConfig
  Value error, World size (4) is larger than the number of available GPUs (3) in this node. If this is intentional \
and you are using:
- ray, set '--distributed-executor-backend ray'.
- multiprocessing, set '--nnodes' appropriately. [type=value_error, ...]
""")


def test_more_processes_than_gpus() -> None:
    done = refused(
        "m", "--tensor-parallel-size=2", "--distributed-executor-backend", "mp"
    )
    assert done.code == 1
    assert done.stderr.splitlines()[-2:] == [
        "ValueError: DP adjusted local rank 1 is out of bounds for 1 devices.",
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
    ]


def test_the_default_of_a_widespread_values_file_fails_with_two_ranks() -> None:
    assert refused("m", "-tp=2", SIM_GPUS="2", CUDA_VISIBLE_DEVICES="0").code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("-tp", "2", "--distributed-executor-backend=ray"),
        ("-tp", "2", "--distributed-executor-backend=external_launcher"),
        ("-tp", "2", "--nnodes=2"),
        ("--data-parallel-size=4",),
    ],
)
def test_ranks_that_may_be_elsewhere_are_not_checked(
    start: Start, words: tuple[str, ...]
) -> None:
    assert start("m", *words, SIM_GPUS="1").get("/health").status == 200


def test_a_personality_without_gpus(start: Start) -> None:
    assert (
        start("m", "-tp=8", SIM_GPUS="0", SIM_PERSONALITY="vllm-cpu")
        .get("/health")
        .status
        == 200
    )


def test_the_degrees_show_in_the_fingerprint(start: Start) -> None:
    big = start("m", "-tp=2", "-pp=2", "-dp=2", SIM_GPUS="4")
    assert big.chat().json["system_fingerprint"] == "simulated-vllm-0.33.0-tp2-pp2-dp2"
