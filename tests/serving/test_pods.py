"""Volumes, mounts, placement and storage as the adapters read them; test_rendered.py compares them with Helm."""

from collections.abc import Callable
from typing import Any

import pytest

from helm_llm.serving.derived.weights import weights
from helm_llm.serving.read.mounts import apart, holder
from helm_llm.serving.spec.pod import Mount
from helm_llm.serving.spec.spec import ServingSpec

Serving = Callable[[str, dict[str, Any]], ServingSpec]


@pytest.mark.parametrize(
    ("directory", "mount", "held", "expected"),
    [
        ("/root/.cache", "/root/.cache", True, False),
        ("/root/.cache/", "/root/.cache", True, False),
        ("/root/.cache", "/root", True, False),
        ("/root/.cache", "/root/.cache/huggingface", False, False),
        ("/root/.cache", "/root/.cachet", False, True),
        ("/root/.cache", "/models", False, True),
        ("/root/.cache", "", True, False),
    ],
)
def test_a_directory_and_a_mount(
    directory: str, mount: str, held: bool, expected: bool
) -> None:
    mounts = [Mount("models", mount, ())]
    assert (holder(directory, mounts) is not None, apart(directory, mounts)) == (
        held,
        expected,
    )


def test_the_nearest_mount_holds_a_directory() -> None:
    mounts = [
        Mount(at, at, ())
        for at in ("", "/models", "/models/qwen", "/models/qwen3/snapshots")
    ]
    found = holder("/models/qwen/weights", mounts)
    assert found
    assert found.at == "/models/qwen"


@pytest.mark.parametrize("chart", ["nim-llm", "vllm"])
def test_volumes_that_cannot_be_read_are_unknown(serving: Serving, chart: str) -> None:
    broken: list[Any] = ["models", [{}], [None], 1, {"models": None}]
    for given in broken:
        pod = serving(chart, {"extraVolumes": given, "extraVolumeMounts": given}).pod
        assert (pod.volumes, pod.mounts) == (None, None), given


def test_a_volume_without_source_is_an_empty_directory(serving: Serving) -> None:
    pod = serving("vllm", {"extraVolumes": [{"name": "scratch", "hostPath": None}]}).pod
    assert pod.volumes
    assert (pod.volumes[-1].name, pod.volumes[-1].kind) == ("scratch", "emptyDir")


@pytest.mark.parametrize(
    ("args", "env", "cache"),
    [
        ([], {}, "/root/.cache/huggingface/hub"),
        ([], {"HF_HOME": "/models/"}, "/models/hub"),
        ([], {"HF_HOME": "/tmp/home", "HF_HUB_CACHE": "/models"}, "/models"),
        ([], {"HUGGINGFACE_HUB_CACHE": "/models"}, "/models"),
        ([], {"TRANSFORMERS_CACHE": "/tmp/old"}, "/root/.cache/huggingface/hub"),
        (["--download-dir=/models"], {"HF_HUB_CACHE": "/tmp/hub"}, "/models"),
        (["--download-dir", "models"], {}, None),
        (["--config=engine.yaml"], {}, None),
        ([], {"HF_HOME": "~/models"}, None),
        ([], {"HF_HOME": "/models/$(POD_NAME)"}, None),
        ([], {"HF_HOME": None}, None),
        ([], {"VLLM_USE_MODELSCOPE": "true"}, None),
    ],
)
def test_where_vllm_downloads_to(
    serving: Serving, args: list[str], env: dict[str, Any], cache: str | None
) -> None:
    items = [
        {"name": name, "value": value} if value else {"name": name, "valueFrom": {}}
        for name, value in env.items()
    ]
    found = serving(
        "vllm", {"vllm": {"additionalArgs": args, "env": items}}
    ).storage.cache
    assert (found.value if found else None) == cache


@pytest.mark.parametrize(
    ("chart", "values", "claim", "size", "directory"),
    [
        ("nim-llm", {}, None, None, None),
        ("nim-llm", {"persistence": {"enabled": True}}, None, "50Gi", None),
        (
            "nim-llm",
            {"persistence": {"enabled": True, "existingClaim": "models"}},
            "models",
            None,
            None,
        ),
        ("nim-llm", {"persistence": {"existingClaim": "models"}}, None, None, None),
        ("nim-llm", {"hostPath": {"enabled": True}}, None, None, "/model-store"),
        (
            "nim-llm",
            {"hostPath": {"enabled": True}, "persistence": {"enabled": True}},
            None,
            "50Gi",
            None,
        ),
        ("nim-llm", {"nfs": {"enabled": True}}, None, None, None),
        ("vllm", {}, None, "50Gi", None),
        (
            "vllm",
            {"persistence": {"existingClaim": "models", "hostPath": {"path": "/m"}}},
            "models",
            None,
            None,
        ),
        (
            "vllm",
            {
                "persistence": {
                    "hostPath": {"path": "/m"},
                    "nfs": {"server": "10.0.0.5"},
                }
            },
            None,
            None,
            "/m",
        ),
        ("vllm", {"persistence": {"nfs": {"server": "10.0.0.5"}}}, None, None, None),
        (
            "vllm",
            {"persistence": {"enabled": False, "existingClaim": "models"}},
            None,
            None,
            None,
        ),
    ],
)
def test_the_volume_of_the_cache(
    serving: Serving,
    chart: str,
    values: dict[str, Any],
    claim: str | None,
    size: str | None,
    directory: str | None,
) -> None:
    storage = serving(chart, values).storage
    found = (storage.existing_claim, storage.claim_size, storage.host_path)
    assert [field.value if field else None for field in found] == [
        claim,
        size,
        directory,
    ]


@pytest.mark.parametrize(
    ("model", "args", "each"),
    [
        ("Qwen/Qwen3-8B", [], 2),
        ("Qwen/Qwen3-8B-FP8", [], 1),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8", [], 1),
        ("Qwen/Qwen3-8B-AWQ", [], 0.55),
        ("acme/Qwen3-8B-4-bit", [], 0.55),
        ("acme/Qwen3-8B-Q4_K_M", [], None),
        ("acme/deepseek-r1-671b", [], 1),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", [], 2),
        ("Qwen/Qwen3-8B", ["--quantization=fp8"], 1),
        ("Qwen/Qwen3-8B", ["-q", "bitsandbytes"], 0.55),
        ("openai/gpt-oss-20b", [], 0.55),
        ("mistralai/Ministral-3-14B-Instruct-2512", [], 1),
        ("mistralai/Ministral-3-14B-Instruct-2512-BF16", [], 2),
        ("mistralai/Mistral-Small-24B-Instruct-2501", [], 2),
        ("bartowski/Qwen3-8B-GGUF", [], None),
        ("Qwen/QwQ", [], None),
    ],
)
def test_bytes_of_each_parameter(
    serving: Serving, model: str, args: list[str], each: float | None
) -> None:
    found = weights(serving("vllm", {"vllm": {"model": model, "additionalArgs": args}}))
    assert (found.bytes_each if found else None) == each


def test_the_scheduler_of_a_share_is_its_own(serving: Serving) -> None:
    placements = [
        serving("vllm", values).pod.placement
        for values in (
            {"tolerations": [{"key": "gpu"}], "nodeSelector": {"zone": "a"}},
            {"kaischeduler": {"queue": "research", "gpuMemoryMiB": 20000}},
            {
                "kaischeduler": {"queue": "research", "gpuMemoryMiB": 20000},
                "schedulerName": "kai",
            },
        )
    ]
    assert [placement.scheduler.value for placement in placements if placement] == [
        "",
        "kai-scheduler",
        "kai",
    ]
    assert placements[0]
    assert (placements[0].tolerations.value, placements[0].node_selector.value) == (
        ({"key": "gpu"},),
        {"zone": "a"},
    )
