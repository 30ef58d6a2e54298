"""NIM of both generations, with the environment that its chart sets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import ended


def test_the_bare_entrypoint_is_nim(start_nim: Start) -> None:
    nim = start_nim()
    assert (
        nim.log.read_text()
        .splitlines()[0]
        .endswith("personality nim, answering like NIM 1.0.3; no model is loaded")
    )
    (card,) = nim.get("/v1/models").json["data"]
    assert (card["id"], card["root"]) == (
        "meta/llama3-8b-instruct",
        "meta/llama3-8b-instruct",
    )
    assert card["owned_by"] == "system-simulated"


def test_its_routes(start_nim: Start) -> None:
    nim = start_nim(SIM_MODEL="acme/m", SIM_NIM_RELEASE="1.8.2")
    assert (
        nim.get("/v1/health/live").text
        == '{"object":"health.response","message":"Service is live."}'
    )
    assert (
        nim.get("/v1/health/ready").text
        == '{"object":"health.response","message":"Service is ready."}'
    )
    assert (
        nim.get("/v1/metadata").text
        == '{"modelInfo":[{"shortName":"acme/m","modelUrl":"simulated"}]}'
    )
    assert nim.get("/v1/version").text == '{"release":"1.8.2","api":"1.0.0"}'
    for path in ("/v1/license", "/v1/manifest"):
        assert "simulator" in nim.get(path).json["simulated"]
    for path in ("/health", "/version", "/ping"):
        assert nim.get(path).status == 404, path
    answer = nim.chat(model="acme/m").json
    assert answer["system_fingerprint"] == "simulated-nim-1.8.2"
    assert list(nim.chat(model="x").json) == [
        "object",
        "message",
        "type",
        "param",
        "code",
    ]


@pytest.mark.parametrize(
    ("environ", "ids"),
    [
        ({"NIM_MODEL_NAME": "acme/m"}, ["acme/m"]),
        ({"NIM_MODEL_NAME": "acme/m", "NIM_SERVED_MODEL_NAME": "a,b"}, ["a", "b"]),
        ({"NIM_CUSTOM_MODEL_NAME": "mine"}, ["mine"]),
        ({"SIM_MODEL": "x", "NIM_MODEL_NAME": "acme/m"}, ["acme/m"]),
    ],
)
def test_its_names(start_nim: Start, environ: dict[str, str], ids: list[str]) -> None:
    assert [
        card["id"] for card in start_nim(**environ).get("/v1/models").json["data"]
    ] == ids


def test_it_lives_before_it_is_ready(start_nim: Start) -> None:
    nim = start_nim(SIM_STARTUP_SECONDS="60")
    assert nim.get("/v1/health/live").status == 200
    waiting = nim.get("/v1/health/ready")
    assert waiting.status == 503
    assert list(waiting.json) == ["object", "message", "type", "param", "code"]
    assert nim.get("/v1/models").status == 503
    second = start_nim(SIM_STARTUP_SECONDS="60", SIM_NIM_GENERATION="2").get(
        "/v1/health/ready"
    )
    assert second.status == 503
    assert list(second.json["error"]) == ["message", "type", "code"]


def test_unhealthy_is_not_ready(start_nim: Start) -> None:
    assert start_nim(SIM_UNHEALTHY_AFTER="0").get("/v1/health/ready").status == 503


def test_its_key_is_required_in_the_first_generation_only(start_nim: Start) -> None:
    done = ended(NGC_API_KEY="", NIM_SERVER_PORT="0")
    assert done.code == 1
    assert "NGC_API_KEY is missing" in done.last
    second = start_nim(NGC_API_KEY="", SIM_NIM_GENERATION="2")
    assert second.get("/v1/health/ready").status == 200
    assert "NGC_API_KEY is missing" in second.log.read_text()


def test_its_cache_must_be_there(start_nim: Start, tmp_path: Path) -> None:
    done = ended(
        NGC_API_KEY="k", NIM_SERVER_PORT="0", NIM_CACHE_PATH=str(tmp_path / "absent")
    )
    assert done.code == 1
    assert str(tmp_path / "absent") in done.last
    assert start_nim(NIM_CACHE_PATH=str(tmp_path)).get("/v1/models").status == 200


def test_it_needs_a_gpu_and_fits_itself_to_it() -> None:
    done = ended(NGC_API_KEY="k", NIM_SERVER_PORT="0", SIM_GPUS="0")
    assert (done.code, "Failed to infer device type" in done.last) == (1, True)


def test_the_second_generation_takes_arguments(start_nim: Start) -> None:
    second = start_nim(
        "nim-serve", "--served-model-name", "mine", "-tp=4", NIM_MODEL_NAME="acme/m"
    )
    (card,) = second.get("/v1/models").json["data"]
    assert (card["id"], card["root"], card["owned_by"]) == (
        "mine",
        "acme/m",
        "vllm-simulated",
    )
    assert list(second.chat(model="x").json) == ["error"]
    assert ended("nim-serve", "--nonsense").code == 2


def test_a_dry_run_shows_settings_but_no_key() -> None:
    done = ended(
        "nim-serve",
        "--dry-run",
        "--max-model-len=32k",
        "--api-key=secret",
        NIM_MODEL_NAME="acme/m",
    )
    assert done.code == 0
    assert "max_model_len=32000" in done.stdout
    assert "secret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "action", ["list-model-profiles", "download-to-cache", "create-model-store"]
)
def test_other_actions_do_nothing_and_say_so(action: str) -> None:
    done = ended(action, "--profile", "x")
    assert (done.code, done.stdout.count("\n")) == (0, 1)
    assert "simulator" in done.stdout


def test_a_log_of_objects(start_nim: Start) -> None:
    nim = start_nim(NIM_JSONL_LOGGING="1")
    nim.get("/v1/models")
    _, *lines = nim.log.read_text().splitlines()
    assert len(lines) > 5
    assert all(json.loads(line)["message"] for line in lines)
