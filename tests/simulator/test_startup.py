"""Startup: what prevents it, and what a client sees until the first response."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path

import pytest

from helm_llm import __version__
from tests.simulator.conftest import Start
from tests.simulator.engine import (
    SIMULATOR,
    ended,
    free_port,
    refused,
    run,
    wait_until_it_listens,
)

# Of a server that exists in tests only.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


def test_the_first_line_of_the_log_says_what_this_is(start: Start) -> None:
    line, *rest = start("m").log.read_text().splitlines()
    played = "personality vllm, answering like vLLM 0.33.0; no model is loaded"
    assert line == f"[simulator] helm-llm simulator {__version__}, {played}"
    assert any("serving model m" in text for text in rest)


def test_a_refusal_has_it_too() -> None:
    assert refused("m", "--nonsense").stderr.startswith(
        "[simulator] helm-llm simulator "
    )


@pytest.mark.parametrize("name", ["config.json", "params.json"])
def test_a_local_model_is_a_directory_with_a_configuration(
    start: Start, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("{}")
    assert start(str(tmp_path)).get("/health").status == 200


def test_a_local_model_that_is_not_there(tmp_path: Path) -> None:
    done = refused(str(tmp_path))
    assert done.code == 1
    assert (
        f"ValueError: Invalid repository ID or local directory specified: '{tmp_path}'.\n"
        in done.stderr
    )


def test_a_directory_without_a_model_where_that_will_do(
    start: Start, tmp_path: Path
) -> None:
    assert start(str(tmp_path), SIM_SKIP_MODEL="1").get("/health").status == 200
    assert refused(str(tmp_path / "not-mounted"), SIM_SKIP_MODEL="1").code == 1


def test_a_hub_id_where_only_local_models_will_do() -> None:
    done = refused("acme/model", SIM_REQUIRE_LOCAL_MODEL="1")
    assert done.code == 1
    assert "directory specified: 'acme/model'" in done.stderr


def test_a_local_adapter_is_a_directory_with_its_configuration(
    start: Start, tmp_path: Path
) -> None:
    words = ("m", "--enable-lora", "--lora-modules", f"a={tmp_path}")
    done = refused(*words)
    assert done.code == 1
    assert f"No adapter found for {tmp_path}" in done.stderr
    (tmp_path / "adapter_config.json").write_text("{}")
    assert start(*words).chat(model="a").status == 200


def test_adapters_need_the_switch() -> None:
    done = refused("m", "--lora-modules", "a=acme/a")
    assert (done.code, done.last) == (
        1,
        "RuntimeError: LoRA is not enabled. Use --enable-lora to enable LoRA.",
    )


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ended(
            "serve", "m", "--host=127.0.0.1", f"--port={taken.getsockname()[1]}"
        )
    assert (done.code, done.last) == (1, "OSError: [Errno 98] Address already in use")


def test_a_service_called_vllm() -> None:
    done = refused("m", VLLM_PORT="tcp://10.0.0.1:8000")
    assert done.code == 1
    assert "VLLM_PORT 'tcp://10.0.0.1:8000' appears to be a URI. " in done.stderr


def test_connections_are_refused_until_it_is_ready(launch: Start) -> None:
    begun = time.monotonic()
    engine = launch("m", SIM_STARTUP_SECONDS="1")
    while not engine.log.read_text():
        time.sleep(0.01)
    assert not engine.accepts()
    wait_until_it_listens(engine)
    assert time.monotonic() - begun >= 1
    assert engine.get("/health").status == 200


def test_or_answered_with_503(start: Start) -> None:
    engine = start("m", SIM_STARTUP_SECONDS="60", SIM_STARTUP_MODE="503")
    assert engine.get("/health").status == 503
    assert engine.get("/v1/health/live").status == 503


def test_a_start_that_fails_after_a_while() -> None:
    begun = time.monotonic()
    done = refused(
        "m",
        SIM_STARTUP_SECONDS="0.5",
        SIM_FAIL_START="77:CUDA out of memory: never mind",
    )
    assert (done.code, done.last) == (77, "CUDA out of memory: never mind")
    assert time.monotonic() - begun >= 0.5
    assert refused("m", SIM_FAIL_START="2").code == 2


def test_a_server_without_head_serves_nothing(launch: Start) -> None:
    worker = launch("m", "--headless", "--nnodes=2")
    while "non-default" not in worker.log.read_text():
        time.sleep(0.01)
    time.sleep(0.3)
    assert worker.process.poll() is None
    assert not worker.accepts()
    assert worker.stop() == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_it_listens_on_the_given_host(start: Start, host: str) -> None:
    assert start("m", "--host", host).get("/health").status == 200


def test_ipv6_must_be_asked_for(start: Start) -> None:
    by_default = replace(start("m"), host="::1")
    assert not by_default.accepts()
    asked = replace(start("m", "--host=::"), host="::1")
    assert asked.get("/health").status == 200
    assert f"http://[::]:{asked.port}" in asked.log.read_text()


def test_encrypted(start: Start) -> None:
    engine = start(
        "m", "--ssl-keyfile", str(CERTIFICATE), "--ssl-certfile", str(CERTIFICATE)
    )
    silent = socket.create_connection((engine.host, engine.port))
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    connection = http.client.HTTPSConnection(
        "localhost", engine.port, context=context, timeout=10
    )
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200
    connection.close()
    silent.close()
    assert engine.stop() == 0


def test_encrypted_without_a_certificate(tmp_path: Path) -> None:
    done = refused("m", "--ssl-certfile", str(tmp_path / "absent.pem"))
    assert (done.code, "No such file" in done.last) == (1, True)


def test_the_access_log(start: Start) -> None:
    engine = start("m", "--disable-access-log-for-endpoints", "/health, /metrics")
    for path in ("/health", "/metrics", "/version?x=1"):
        engine.get(path)
    accesses = [
        line for line in engine.log.read_text().splitlines() if "HTTP/1.1" in line
    ]
    assert len(accesses) == 1
    assert accesses[0].startswith("INFO:     127.0.0.1:")
    assert accesses[0].endswith('- "GET /version HTTP/1.1" 200 OK')
    silent = start("m", "--disable-uvicorn-access-log")
    silent.get("/version")
    assert "HTTP/1.1" not in silent.log.read_text()


def test_the_version_it_is_asked_for(start: Start) -> None:
    assert start("m", SIM_VLLM_VERSION="v0.11.0").get("/version").json == {
        "version": "0.11.0"
    }


def test_it_uses_only_the_standard_library() -> None:
    code = """
import sys
from helm_llm.simulator import check, cli, install
names = {name.partition(".")[0] for name in sys.modules}
print(*sorted(names - set(sys.stdlib_module_names) - {"__main__", "helm_llm"}))
"""
    done = run((SIMULATOR[0], "-S", "-c", code), {})
    assert (done.code, done.stdout.strip()) == (0, "")


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass
