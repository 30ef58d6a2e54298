"""Quantities, resource names, model names, profiles and flags, as Kubernetes, NIM and vLLM read them."""

from fractions import Fraction
from typing import Any

import pytest

from helm_llm.quantity import quantity
from helm_llm.serving.charts.nim_llm.profile import ranks
from helm_llm.serving.derived.gpu_memory import gibibytes
from helm_llm.serving.derived.image_build import flavour
from helm_llm.serving.derived.model_name import billions, seconds_to_start
from helm_llm.serving.read.accelerators import cannot_overcommit, gpus, is_accelerator
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image
from helm_llm.serving.spec.spec import Resources


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (1, 1),
        ("1", 1),
        ("1.0", 1),
        (1.0, 1),
        ("+2", 2),
        (".5", Fraction(1, 2)),
        ("500m", Fraction(1, 2)),
        ("1000000n", Fraction(1, 1000)),
        ("1k", 1000),
        ("1Ki", 1024),
        ("1.5Gi", 3 * 2**29),
        ("2e3", 2000),
        ("1E", 10**18),
        ("-1", -1),
    ],
)
def test_a_quantity_is_a_number(written: Any, number: Fraction | int) -> None:
    assert quantity(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "16GB", "1 Gi", "two", "1e400", "٣", "9" * 5000, True, None, [1], {"a": 1}],
)
def test_anything_else_is_no_quantity(written: Any) -> None:
    assert quantity(written) is None


@pytest.mark.parametrize(
    ("name", "accelerator", "fixed"),
    [
        ("nvidia.com/gpu", True, True),
        ("nvidia.com/mig-1g.10gb", True, True),
        ("google.com/tpu", True, True),
        ("aws.amazon.com/neuroncore", True, True),
        ("otterscale.com/vgpu", True, True),
        ("otterscale.com/vgpumem", False, True),
        ("otterscale.com/vgpumem-percentage", False, True),
        ("nvidia.com/gpucores", False, True),
        ("phison.com/ai100", False, True),
        ("rdma/hca", False, True),
        ("hugepages-2Mi", False, True),
        ("memory", False, False),
        ("ephemeral-storage", False, False),
        ("attachable.kubernetes.io/volumes", False, False),
    ],
)
def test_resource_names(name: str, accelerator: bool, fixed: bool) -> None:
    assert (is_accelerator(name), cannot_overcommit(name)) == (accelerator, fixed)


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({"nvidia.com/gpu": "2"}, 2),
        ({"nvidia.com/gpu": 2, "amd.com/gpu": 0}, 2),
        ({"nvidia.com/mig-1g.10gb": 3, "memory": "1Gi"}, 3),
        ({"nvidia.com/gpu": 2, "amd.com/gpu": 1}, None),
        ({"nvidia.com/gpu": "500m"}, None),
        ({"nvidia.com/gpu": -1}, None),
        ({"aws.amazon.com/neuron": 1}, None),
        ({"google.com/tpu": 4}, None),
        ({"nvidia.com/gpu": 0}, None),
        ({}, None),
    ],
)
def test_gpus_are_counted_where_each_holds_one_rank(
    limits: dict[str, Any], count: int | None
) -> None:
    found = gpus(Resources(limits, {}, ("resources",)))
    assert (found.value if found else None) == count


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("meta-llama/Llama-2-7b-hf", 7),
        ("Qwen/Qwen3-0.6B", 0.6),
        ("Qwen/Qwen3-30B-A3B", 30),
        ("Qwen/Qwen2.5-72B-Instruct-AWQ", 72),
        ("/models/Llama-3.1-8B/", 8),
        ("nvcr.io/nim/meta/llama3-70b-instruct", 70),
        ("mistralai/Mixtral-8x7B-v0.1", 44.8),
        ("openai/gpt-oss-120b", 120),
        ("acme-7b/support", None),
        ("acme/llama-4bit", None),
        ("acme/v1.7b", None),
        ("acme/x7b", None),
        ("microsoft/Phi-3-mini-128k-instruct", None),
        ("", None),
    ],
)
def test_billions_of_parameters(name: str, parameters: float | None) -> None:
    assert billions(name) == (None if parameters is None else pytest.approx(parameters))


@pytest.mark.parametrize(
    ("product", "size"),
    [
        ("H100-80GB", 80),
        ("NVIDIA-H100-80GB-HBM3", 80),
        ("NVIDIA-H100-NVL", 94),
        ("nvidia-h100-mega-80gb", 80),
        ("nvidia-h200-141gb", 141),
        ("NVIDIA-GH200-480GB", 144),
        ("NVIDIA-A100-SXM4-40GB", 40),
        ("NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", 10),
        ("nvidia.com/mig-3g.40gb", 40),
        ("nvidia-tesla-a100", 80),
        ("nvidia-tesla-t4", 16),
        ("Tesla-V100-SXM2-16GB", 16),
        ("NVIDIA-L40S", 48),
        ("NVIDIA-RTX-6000-Ada-Generation", 48),
        ("NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition", 96),
        ("AMD_Instinct_MI300X_OAM", 192),
        ("Acme-X1", None),
        ("", None),
    ],
)
def test_memory_of_a_gpu_is_never_too_small(product: str, size: int | None) -> None:
    assert gibibytes(product) == size


@pytest.mark.parametrize(
    ("repository", "tag", "built"),
    [
        ("vllm/vllm-openai", "v0.33.0", "CUDA"),
        ("docker.io/vllm/vllm-openai", "v0.33.0", "CUDA"),
        ("vllm/vllm-openai-rocm", "v0.33.0", "ROCm"),
        ("vllm/vllm-openai", "v0.33.0-cpu", "CPU"),
        ("nvcr.io/nim/meta/llama3-8b-instruct", "1.0.0", "CUDA"),
        ("quay.io/modh/vllm", "rhoai-2.22-gaudi", "Gaudi"),
        ("vault.habana.ai/gaudi-docker/vllm", "1.21", "Gaudi"),
        ("cuda.acme.internal/vllm", "v1", None),
        ("acme/vllm", "rocm-cuda", None),
        ("acme/tpumps", "v1", None),
    ],
)
def test_what_an_image_is_built_for(
    repository: str, tag: str, built: str | None
) -> None:
    image = Image(
        "engine",
        Field(repository, ("image", "repository")),
        Field(tag, ("image", "tag")),
    )
    assert flavour(image) == built


@pytest.mark.parametrize(
    ("parameters", "seconds", "local"),
    [
        (0.6, 300, 300),
        (6.9, 300, 300),
        (7, 600, 300),
        (13, 1800, 600),
        (69.9, 1800, 600),
        (70, 3600, 1800),
    ],
)
def test_larger_models_take_longer_to_start(
    parameters: float, seconds: int, local: int
) -> None:
    assert seconds_to_start(parameters, local=False) == seconds
    assert seconds_to_start(parameters, local=True) == local


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("tensorrt_llm-h100-fp8-tp8-pp2-throughput", 16),
        ("vllm-bf16-tp4-pp1-lora", 4),
        ("VLLM-BF16-TP2", 2),
        ("vllm-bf16-tp2-dp1", 2),
        ("vllm-bf16-tp2-dp4", None),
        ("vllm-bf16-pp2", None),
        ("vllm-bf16-tp0", None),
        ("vllm-bf16-http2", None),
        ("4f904d571fe60ff24695b5ee2aa42da58cb460787a968f1e8a09f5a7e862728d", None),
        ("", None),
    ],
)
def test_a_profile_names_its_ranks(name: str, total: int | None) -> None:
    found = ranks(Field(name, ("env", 0, "value")))
    assert (found.total if found else None) == total


@pytest.mark.parametrize(
    ("line", "flag", "value", "item"),
    [
        ("--tensor-parallel-size=2", "--tensor-parallel-size", "2", 0),
        ("--tensor-parallel-size 2", "--tensor-parallel-size", "2", 1),
        ("--tensor_parallel_size 2", "--tensor-parallel-size", "2", 1),
        ("-tp 2", "--tensor-parallel-size", "2", 1),
        ("-tp=2", "--tensor-parallel-size", "2", 0),
        ("--tensor-parallel 2", "--tensor-parallel-size", "2", 1),
        ("-tp 2 -tp=4", "--tensor-parallel-size", "4", 2),
        ("-dp 8 -dpl 2", "--data-parallel-size", "8", 1),
        ("-dp 8 -dpl 2", "--data-parallel-size-local", "2", 3),
        ("--nnodes --headless", "--nnodes", "", 0),
        ("--nnodes", "--nnodes", "", 0),
    ],
)
def test_flags_as_the_engine_reads_them(
    line: str, flag: str, value: str, item: int
) -> None:
    assert _command(*line.split()).written(flag) == Field(value, ("args", item))


def _command(*words: str) -> CommandLine:
    fields = (Field(word, ("args", index)) for index, word in enumerate(words))
    return CommandLine(None, tuple(fields), {}, {})


@pytest.mark.parametrize(
    "word",
    [
        "-tp2",
        "--data-parallel",
        "--Tensor-parallel-size=2",
        "tp",
        "-",
        "--",
        "",
        "{-tp: 2}",
    ],
)
def test_what_the_engine_refuses_is_no_flag(word: str) -> None:
    command = _command(word)
    assert {command.written(flag) for flag in command.options} == {None}


def test_flag_and_value_in_one_word_have_no_value() -> None:
    found = _command("-tp 2").written("--tensor-parallel-size")
    assert found == Field("", ("args", 0))
