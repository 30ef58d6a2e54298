"""The scripts of `helm test`, run by sh against a small server that answers as vLLM does."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.charts.pod_scripts import Result, run_script

Named = Callable[..., dict[str, Any]]


@dataclass
class Engine:
    """What the server serves and, with a key, demands; and what it was asked for."""

    names: list[str]
    key: str = ""
    indent: int | None = None
    ready_at: float = 0
    requests: list[dict[str, Any]] = field(default_factory=list)

    def answer(
        self, path: str, authorization: str | None, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if time.monotonic() < self.ready_at:
            return 503, {"error": "loading"}
        if self.key and authorization != f"Bearer {self.key}":
            return 401, {"error": "Unauthorized"}
        if path == "/v1/models":
            return 200, {
                "object": "list",
                "data": [{"id": name, "object": "model"} for name in self.names],
            }
        self.requests.append({"path": path, **body})
        if body["model"] not in self.names:
            return 404, {
                "error": {
                    "message": f"The model `{body['model']}` does not exist.",
                    "code": 404,
                }
            }
        return 200, {"choices": [{"index": 0, "text": "\n hello"}]}


@contextmanager
def serving(engine: Engine) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, reply = engine.answer(
                self.path, self.headers["Authorization"], json.loads(body or "{}")
            )
            text = json.dumps(reply, indent=engine.indent, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def run(named: Named) -> Callable[..., Result]:
    """run("models", url, values=None, timeout=1, **variables): the outcome of that test pod's script."""

    def run(
        pod: str, url: str, values: Any = None, timeout: int = 1, **variables: str
    ) -> Result:
        (container,) = named(f"Pod/r-vllm-test-{pod}", values=values)["spec"][
            "containers"
        ]
        return run_script(
            container, **{"BASE_URL": url, "TIMEOUT": str(timeout), **variables}
        )

    return run


Run = Callable[..., Result]
MODEL = "Qwen/Qwen3-0.6B"
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("indent", [None, 2])
def test_both_pass_against_the_right_server(run: Run, indent: int | None) -> None:
    engine = Engine([MODEL], indent=indent)
    with serving(engine) as url:
        assert run("models", url).code == 0
        assert run("generate", url).code == 0
    assert engine.requests == [
        {"path": "/v1/completions", "model": MODEL, "prompt": "Hello", "max_tokens": 8}
    ]


def test_chat_is_asked_for_when_wanted(run: Run) -> None:
    engine = Engine([MODEL])
    with serving(engine) as url:
        assert run("generate", url, values={"tests": {"request": "chat"}}).code == 0
    (request,) = engine.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["messages"][0]["role"] == "user"


@pytest.mark.parametrize(
    "values",
    [
        {"vllm": {"servedModelName": [MODEL, "chat"]}},
        {
            "vllm": {
                "lora": {"enabled": True, "modules": [{"name": "chat", "path": "a/b"}]}
            }
        },
    ],
    ids=["served name", "adapter"],
)
def test_a_name_that_is_not_served_fails(run: Run, values: dict[str, Any]) -> None:
    with serving(Engine([MODEL, "chat2"])) as url:
        result = run("models", url, values=values)
    assert result.code == 1
    assert 'does not list "chat"' in result.output
    assert '"chat2"' in result.output, "the answer is shown"
    with serving(Engine([MODEL, "chat"])) as url:
        assert run("models", url, values=values).code == 0


def test_a_refused_request_fails_and_shows_the_answer(run: Run) -> None:
    with serving(Engine(["other"])) as url:
        result = run("generate", url)
    assert result.code == 1
    assert f"{url}/v1/completions answered with status 404" in result.output
    assert "does not exist" in result.output


AWKWARD = ['a "quoted" name', "back\\slash", "<tag> & more", "größer"]


def test_awkward_names_are_compared_and_sent_as_they_are(run: Run) -> None:
    values = {"vllm": {"servedModelName": AWKWARD[::-1]}}
    for name in AWKWARD[:2]:
        engine = Engine(AWKWARD)
        with serving(engine) as url:
            assert run("models", url, values=values).code == 0
            assert (
                run("generate", url, values={"vllm": {"servedModelName": name}}).code
                == 0
            )
        assert engine.requests[0]["model"] == name


def test_a_server_that_starts_late_passes(run: Run) -> None:
    with serving(Engine([MODEL], ready_at=time.monotonic() + 1)) as url:
        assert run("models", url, timeout=20).code == 0


def test_without_a_server_the_deadline_ends_the_wait(run: Run) -> None:
    started = time.monotonic()
    result = run("models", NOWHERE)
    assert result.code == 1
    assert "answered with status 000" in result.output
    assert "not ready after 1 s" in result.output
    assert time.monotonic() - started < 10


def test_with_a_key_the_server_has_to_ask_for_it(run: Run) -> None:
    with serving(Engine([MODEL], key="s3cret")) as url:
        assert run("models", url, VLLM_API_KEY="s3cret").code == 0
        assert run("generate", url, VLLM_API_KEY="s3cret").code == 0
        assert run("models", url, VLLM_API_KEY="wrong").code == 1
    with serving(Engine([MODEL])) as url:
        result = run("models", url, VLLM_API_KEY="s3cret")
    assert result.code == 1
    assert "without the API key the server should answer 401" in result.output


def test_no_process_shows_the_key(run: Run, tmp_path: Path) -> None:
    spy, log = tmp_path / "curl", tmp_path / "log"
    spy.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\nexec {shutil.which("curl")} "$@"\n'
    )
    spy.chmod(0o755)
    with serving(Engine([MODEL], key="s3cret")) as url:
        path = f"{tmp_path}:{os.environ['PATH']}"
        assert run("models", url, VLLM_API_KEY="s3cret", PATH=path).code == 0
    assert "/v1/models" in log.read_text()
    assert "s3cret" not in log.read_text()


def test_pods_run_under_the_restricted_standard_and_end_by_themselves(
    named: Named,
) -> None:
    values = {
        "imagePullSecrets": [{"name": "registry"}],
        "tests": {
            "image": "mirror/curl:1",
            "imagePullPolicy": "Never",
            "timeoutSeconds": 30,
        },
    }
    for name, weight in (("models", "0"), ("generate", "1")):
        pod = named(f"Pod/r-vllm-test-{name}", values=values)
        annotations, spec = pod["metadata"]["annotations"], pod["spec"]
        assert annotations["helm.sh/hook"] == "test"
        assert annotations["helm.sh/hook-weight"] == weight
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
        assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 90)
        assert spec["imagePullSecrets"] == [{"name": "registry"}]
        assert spec["securityContext"]["runAsNonRoot"] is True
        (container,) = spec["containers"]
        assert (container["image"], container["imagePullPolicy"]) == (
            "mirror/curl:1",
            "Never",
        )
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize(
    "values",
    [
        {"apiKey": {"existingSecret": "clients", "key": "api"}},
        {
            "vllm": {
                "env": [
                    {
                        "name": "VLLM_API_KEY",
                        "valueFrom": {
                            "secretKeyRef": {"name": "clients", "key": "api"}
                        },
                    }
                ]
            }
        },
    ],
    ids=["apiKey", "env"],
)
def test_pods_get_the_key_that_the_server_gets(
    named: Named, values: dict[str, Any]
) -> None:
    for name in ("models", "generate"):
        (container,) = named(f"Pod/r-vllm-test-{name}", values=values)["spec"][
            "containers"
        ]
        (key,) = (each for each in container["env"] if each["name"] == "VLLM_API_KEY")
        assert key["valueFrom"] == {"secretKeyRef": {"name": "clients", "key": "api"}}


@pytest.mark.parametrize(
    ("tests", "pods"),
    [({}, 2), ({"request": "none"}, 1), ({"enabled": False}, 0)],
)
def test_pods_can_be_left_out(
    objects: Callable[..., Any], tests: dict[str, Any], pods: int
) -> None:
    assert (
        len(
            [each for each in objects(values={"tests": tests}) if each["kind"] == "Pod"]
        )
        == pods
    )
