"""Engines whose answers were not measured: what the simulator assumes about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import (
    ROOT,
    SIMULATOR,
    Engine,
    free_port,
    launched,
    refused,
    wait_until_it_listens,
)


@pytest.fixture
def start_script(tmp_path: Path) -> Iterator[Start]:
    """Start `python3 vllm_api_server.py WORDS`."""
    script = tmp_path / "vllm_api_server.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom helm_llm.simulator.cli import main\nmain()\n"
    )
    with ExitStack() as stack:

        def start(*words: str, **environ: str) -> Engine:
            port = free_port()
            argv = (SIMULATOR[0], script.name, *words, f"--port={port}")
            running = launched(tmp_path / "log", argv, environ, port=port, cwd=tmp_path)
            return wait_until_it_listens(stack.enter_context(running))

        yield start


def test_aidaptiv_is_assumed_to_take_its_own_flags_in_both_spellings(
    start_script: Start, model: str
) -> None:
    aidaptiv = start_script(
        *(
            "--model",
            model,
            "--nvme_path",
            model,
            "--gpu-memory-utilization",
            "0.9",
            "--max-model-len",
            "8192",
        ),
        *(
            "--tensor-parallel-size",
            "1",
            "--dram-kv-offload-gb",
            "0.5",
            "--ssd-kv-offload-gb",
            "500",
        ),
        *(
            "--no-resume-kv-cache",
            "--disable-gpu-reuse",
            "--enable-chunked-prefill",
            "--disable_kv_cache_offload",
        ),
        *("--clean-obsolete-kv-cache", "--disable-long-token", "--resume-kv-cache"),
    )
    assert "personality aidaptivcache" in aidaptiv.log.read_text()
    (card,) = aidaptiv.get("/v1/models").json["data"]
    assert (card["id"], card["max_model_len"]) == (model, 8192)


def test_aidaptiv_is_assumed_to_need_its_drive(tmp_path: Path, model: str) -> None:
    words = (model, "--nvme_path", str(tmp_path / "nvme0"))
    done = refused(*words, "--ssd-kv-offload-gb=500", SIM_PERSONALITY="aidaptivcache")
    assert done.code == 1
    assert "nvme0" in done.last


@pytest.mark.parametrize(("size", "skip"), [("0", "0"), ("500", "1")])
def test_aidaptiv_is_assumed_to_run_without_it_if_it_is_not_used(
    start: Start, tmp_path: Path, size: str, skip: str
) -> None:
    words = ("m", "--nvme_path", str(tmp_path / "nvme0"), f"--ssd-kv-offload-gb={size}")
    assert (
        start(*words, SIM_PERSONALITY="aidaptivcache", SIM_SKIP_NVME=skip)
        .get("/health")
        .status
        == 200
    )


def test_vllm_does_not_know_the_flags_of_aidaptiv() -> None:
    assert (
        refused("m", "--nvme_path", "/mnt").last
        == "vllm: error: unrecognized arguments: --nvme-path /mnt"
    )


def test_the_huggingface_runtime_is_assumed_to_speak_under_openai(
    tmp_path: Path,
) -> None:
    port = free_port()
    words = ("--model_name=mine", "--model_id=acme/m", f"--http_port={port}")
    with launched(
        tmp_path / "log",
        (*SIMULATOR, *words),
        {"SIM_PERSONALITY": "kserve-huggingface"},
        port=port,
    ) as running:
        runtime = wait_until_it_listens(running)
        (card,) = runtime.get("/openai/v1/models").json["data"]
        assert (
            card["id"],
            card["root"],
            card["max_model_len"],
            card["permission"],
        ) == ("mine", None, None, [])
        assert card["owned_by"] == "simulated"
        assert runtime.get("/v1/models").status == 404
        assert runtime.get("/").json == {"status": "alive"}
        assert runtime.get("/v2/health/live").json == {"live": True}
        assert runtime.get("/v2/health/ready").json == {"ready": True}
        body = {"model": "mine", "prompt": "a"}
        assert (
            runtime.post("/openai/v1/completions", body).json["choices"][0]["text"]
            == "[simulated] a"
        )
