"""Scripts of the charts' test pods, run with a real curl against a simulator."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.simulator.conftest import Start
from tests.simulator.engine import ROOT, Engine, environment


def run(
    chart: str, scripts: tuple[str, ...], **environ: str
) -> subprocess.CompletedProcess[str]:
    text = "\n".join(
        (ROOT / "charts" / chart / "files" / name).read_text() for name in scripts
    )
    return subprocess.run(
        ["/bin/sh", "-c", text],
        env=environment({"TIMEOUT": "5", **environ}),
        capture_output=True,
        text=True,
        timeout=60,
    )


def vllm(
    script: str, engine: Engine, **environ: str
) -> subprocess.CompletedProcess[str]:
    return run("vllm", ("api.sh", script), BASE_URL=engine.url, **environ)


def aidaptiv(
    engine: Engine, *scripts: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    return run(
        "aidaptivcache",
        ("api.sh", "served-name.sh", *scripts),
        BASE_URL=engine.url,
        **environ,
    )


def kserve(script: str, *urls: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return run("kserve-vllm", ("api.sh", script), URLS=" ".join(urls), **environ)


def nim(
    script: str, engine: Engine, **environ: str
) -> subprocess.CompletedProcess[str]:
    return run("nim-llm", ("test-request.sh", script), BASE_URL=engine.url, **environ)


def test_vllm_lists_its_names(engine: Engine) -> None:
    done = vllm("test-models.sh", engine, NAMES='"small"\n"sql"')
    assert done.returncode == 0, done.stdout
    assert vllm("test-models.sh", engine, NAMES='"other"').returncode == 1


def test_vllm_is_closed_without_its_key(start: Start) -> None:
    locked = start("m", VLLM_API_KEY="k")
    assert vllm("test-models.sh", locked, NAMES='"m"', VLLM_API_KEY="k").returncode == 0
    unlocked = start("m")
    done = vllm("test-models.sh", unlocked, NAMES='"m"', VLLM_API_KEY="k")
    assert "should answer 401" in done.stdout


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/completions", {"model": "small", "prompt": "Hello", "max_tokens": 8}),
        (
            "/v1/chat/completions",
            {
                "model": "small",
                "messages": [{"role": "user", "content": "Hi"}],
                "max_tokens": 8,
            },
        ),
    ],
)
def test_vllm_generates(engine: Engine, path: str, body: dict[str, object]) -> None:
    done = vllm("test-generate.sh", engine, REQUEST_PATH=path, BODY=json.dumps(body))
    assert done.returncode == 0, done.stdout
    wrong = vllm(
        "test-generate.sh",
        engine,
        REQUEST_PATH=path,
        BODY=json.dumps(body | {"model": "x"}),
    )
    assert (wrong.returncode, "does not exist" in wrong.stdout) == (1, True)


def test_nim_passes_its_three_pods(start_nim: Start) -> None:
    server = start_nim(NIM_SERVED_MODEL_NAME="acme/llama")
    messages = [
        {"role": role, "content": "word"} for role in ("user", "assistant", "user")
    ]
    chat = {
        "model": "acme/llama",
        "messages": messages,
        "max_tokens": 15,
        "stream": True,
    }
    text = {"model": "acme/llama", "prompt": "Once", "max_tokens": 50, "temperature": 0}
    for script, given in {
        "test-models.sh": {"MODEL": '"acme/llama"'},
        "test-completions.sh": {"BODY": json.dumps(text)},
        "test-streaming-chat.sh": {"BODY": json.dumps(chat)},
    }.items():
        done = nim(script, server, **given)
        assert done.returncode == 0, (script, done.stdout)
    assert "served: acme/llama" in nim("test-models.sh", server, MODEL='"other"').stdout


NOWHERE = "http://127.0.0.1:9"


def test_aidaptiv_takes_the_first_name_that_is_served(engine: Engine) -> None:
    names = '"/data/small/"\n"/data/small"\n"small"'
    done = aidaptiv(
        engine,
        "test-generate.sh",
        NAMES=names,
        REQUEST_PATH="/v1/completions",
        BODY='{"prompt":"Hello"}',
    )
    assert done.returncode == 0, done.stdout
    assert 'served: "small"' in done.stdout
    assert aidaptiv(engine, "test-models.sh", NAMES='"/data/smal"').returncode == 1


def test_kserve_takes_the_address_that_answers(engine: Engine) -> None:
    done = kserve("test-models.sh", NOWHERE, engine.url, NAME='"small"')
    assert (done.returncode, "served:" in done.stdout) == (0, True), done.stdout
    wrong = kserve("test-models.sh", engine.url, NAME='"smal"')
    assert (
        wrong.returncode,
        f"{engine.url}/v1/models answered with status 200" in wrong.stdout,
    ) == (1, True)


def test_kserve_gives_up_at_the_deadline() -> None:
    done = kserve("test-models.sh", NOWHERE, NAME='"small"', TIMEOUT="1")
    assert (done.returncode, "the server is not ready after 1 s" in done.stdout) == (
        1,
        True,
    )


def test_kserve_shows_its_key(start: Start) -> None:
    locked = start("m", VLLM_API_KEY="k")
    assert kserve("test-models.sh", locked.url, NAME='"m"', API_KEY="k").returncode == 0
    refused = kserve("test-models.sh", locked.url, NAME='"m"', TIMEOUT="1")
    assert (refused.returncode, "status 401" in refused.stdout) == (1, True)


def test_kserve_generates(engine: Engine) -> None:
    body = {"model": "small", "prompt": "Hello", "max_tokens": 8}
    given = {"REQUEST_PATH": "/v1/completions", "BODY": json.dumps(body)}
    assert kserve("test-generate.sh", NOWHERE, engine.url, **given).returncode == 0
    wrong = kserve(
        "test-generate.sh",
        engine.url,
        **given | {"BODY": json.dumps(body | {"model": "x"})},
    )
    assert (wrong.returncode, "does not exist" in wrong.stdout) == (1, True)
