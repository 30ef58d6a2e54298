"""The pods of `helm test`: what is rendered, and how their scripts judge a server."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

Object = dict[str, Any]
Pods = Callable[..., dict[str, Object]]

MODEL = "meta/llama3-8b-instruct"
LISTED = (
    200,
    json.dumps(
        {
            "object": "list",
            "data": [{"id": MODEL, "permission": [{"id": "modelperm-1"}]}],
        }
    ),
)
COMPLETED = (200, '{ "id": "x", "choices": [ {"text": " of" } ] }')
STREAM = 'data: {"id":"x","choices":[{"delta":{"content":"Mars"}}]}\n\ndata: [DONE]\n\n'
PATHS = {
    "models": "/v1/models",
    "completions": "/v1/completions",
    "streaming-chat": "/v1/chat/completions",
}


@pytest.fixture
def pods(objects: Callable[..., list[Object]]) -> Pods:
    """pods(values): the test pods by the end of their names."""

    def pods(values: Object | None = None) -> dict[str, Object]:
        rendered = [each for each in objects(values=values) if each["kind"] == "Pod"]
        return {
            each["metadata"]["name"].removeprefix("r-nim-llm-test-"): each
            for each in rendered
        }

    return pods


class Server(BaseHTTPRequestHandler):
    """Answers each path with its answers in turn, the last one again and again; keeps what was posted."""

    answers: ClassVar[dict[str, list[tuple[int, str]]]] = {}
    posted: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.posted.append(
            self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        )
        queue = self.answers[self.path]
        status, text = queue.pop(0) if len(queue) > 1 else queue[0]
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def serving(answers: dict[str, list[tuple[int, str]]]) -> Iterator[str]:
    Server.answers = answers
    Server.posted.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module", autouse=True)
def hurry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Short pauses between the tries."""
    programs = tmp_path_factory.mktemp("bin")
    (programs / "sleep").write_text(f"#!/bin/sh\nexec {shutil.which('sleep')} 0.1\n")
    (programs / "sleep").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        yield


def run(pod: Object, url: str, timeout: int = 8) -> tuple[int, str]:
    """The pod's script, with its variables as the kubelet would expand them."""
    (container,) = pod["spec"]["containers"]
    variables = {
        each["name"]: each["value"].replace("$$(", "$(") for each in container["env"]
    }
    finished = subprocess.run(
        [*container["command"], container["args"][0].replace("$$(", "$(")],
        env={
            "PATH": os.environ["PATH"],
            "no_proxy": "*",
            **variables,
            "BASE_URL": url,
            "TIMEOUT": str(timeout),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return finished.returncode, finished.stdout + finished.stderr


def judge(
    pod: Object, name: str, *answers: tuple[int, str], timeout: int = 8
) -> tuple[int, str]:
    with serving({PATHS[name]: list(answers)}) as url:
        return run(pod, url, timeout)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("models", LISTED),
        ("models", (200, LISTED[1].replace("/", r"\/").replace(" ", "\n  "))),
        ("completions", COMPLETED),
        ("streaming-chat", (200, STREAM)),
        ("streaming-chat", (200, STREAM.replace("\n", "\r\n"))),
    ],
    ids=["models", "models-formatted", "completions", "stream", "stream-crlf"],
)
def test_a_good_server_passes(pods: Pods, name: str, answer: tuple[int, str]) -> None:
    code, output = judge(pods()[name], name, answer)
    assert code == 0, output


@pytest.mark.parametrize(
    ("name", "answer", "complaint"),
    [
        (
            "models",
            (200, LISTED[1].replace("8b", "70b")),
            f'model "{MODEL}" is not served; served: meta/llama3-70b-instruct',
        ),
        (
            "models",
            (200, LISTED[1].replace("instruct", "instruct-v2")),
            "is not served",
        ),
        ("models", (200, "<html>under maintenance</html>"), "under maintenance"),
        ("models", (401, "who are you"), "status 401:\nwho are you"),
        ("completions", (200, '{"error": "no"}'), "the answer has no choices"),
        ("completions", (400, "model is missing"), "model is missing"),
        ("streaming-chat", (200, '{"choices": []}'), "no event has choices"),
        (
            "streaming-chat",
            (200, STREAM.partition("data: [")[0]),
            "the stream ends without [DONE]",
        ),
        (
            "streaming-chat",
            (200, STREAM + 'data: {"choices":[]}\n\n'),
            "the stream ends without [DONE]",
        ),
    ],
    ids=str,
)
def test_a_wrong_answer_fails_at_once(
    pods: Pods, name: str, answer: tuple[int, str], complaint: str
) -> None:
    code, output = judge(pods()[name], name, answer, LISTED, timeout=1000)
    assert code == 1
    assert complaint in output


def test_a_late_server_passes(pods: Pods) -> None:
    busy = [(status, "loading") for status in (404, 408, 429, 500, 503)]
    code, output = judge(pods()["completions"], "completions", *busy, COMPLETED)
    assert code == 0, output


def test_no_server_fails_at_the_deadline(pods: Pods) -> None:
    with serving({}) as url:
        pass
    code, output = run(pods()["models"], url, timeout=1)
    assert code == 1
    assert (
        f"no usable answer within 1 s\n{url}/v1/models answered with status 000"
        in output
    )


def test_a_server_that_never_loads_fails_at_the_deadline(pods: Pods) -> None:
    code, output = judge(pods()["models"], "models", (503, "loading"), timeout=1)
    assert code == 1
    assert "status 503:\nloading" in output


NAME = 'a "b" \\ $(HOME) $$(HOME) é/ü'


def test_any_name_arrives_intact(pods: Pods) -> None:
    rendered = pods({"model": {"name": NAME}})
    with serving(
        {PATHS["completions"]: [COMPLETED], PATHS["streaming-chat"]: [(200, STREAM)]}
    ) as url:
        assert (
            run(rendered["completions"], url)[0]
            == run(rendered["streaming-chat"], url)[0]
            == 0
        )
        completion, chat = (json.loads(body) for body in Server.posted)
    assert completion["model"] == chat["model"] == NAME
    assert (completion["temperature"], completion["max_tokens"]) == (0, 50)
    assert [each["role"] for each in chat["messages"]] == ["user", "assistant", "user"]
    assert (chat["stream"], chat["max_tokens"]) == (True, 15)
    listed = json.dumps({"data": [{"id": NAME}]}, ensure_ascii=False)
    assert judge(rendered["models"], "models", (200, listed))[0] == 0


def test_pods_clean_up_after_themselves_but_keep_their_logs(pods: Pods) -> None:
    annotations = [each["metadata"]["annotations"] for each in pods().values()]
    assert sorted(each["helm.sh/hook-weight"] for each in annotations) == [
        "0",
        "1",
        "2",
    ]
    for each in annotations:
        assert each["helm.sh/hook"] == "test"
        assert each["helm.sh/hook-delete-policy"] == "before-hook-creation"
        assert each["helm.sh/hook-output-log-policy"] == "hook-failed"
        assert each["sidecar.istio.io/inject"] == "false"


def test_pods_ask_for_little(pods: Pods) -> None:
    toleration = {"key": "spot", "operator": "Exists"}
    tests = {
        "timeoutSeconds": 100,
        "image": "acme/curl:1",
        "nodeSelector": {"a": "b"},
        "tolerations": [toleration],
    }
    spec = pods({"tests": tests, "service": {"name": "llm", "openaiPort": 80}})[
        "models"
    ]["spec"]
    assert spec["activeDeadlineSeconds"] == 130
    assert spec["automountServiceAccountToken"] is spec["enableServiceLinks"] is False
    assert spec["restartPolicy"] == "Never"
    assert spec["imagePullSecrets"] == [{"name": "ngc-secret"}]
    assert [each["key"] for each in spec["tolerations"]] == ["nvidia.com/gpu", "spot"]
    assert spec["nodeSelector"] == {"a": "b"}
    assert spec["securityContext"]["runAsUser"] == 65532
    (container,) = spec["containers"]
    assert container["image"] == "acme/curl:1"
    assert container["resources"] == {
        "requests": {"cpu": "10m", "memory": "32Mi"},
        "limits": {"memory": "64Mi"},
    }
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"name": "BASE_URL", "value": "http://llm:80"} in container["env"]


def test_pods_can_be_left_out(pods: Pods) -> None:
    assert list(pods({"tests": {"completions": False, "streamingChat": False}})) == [
        "models"
    ]
    assert not pods({"tests": {"enabled": False}})
    ids = pods(
        {"tests": {"podSecurityContext": {"runAsUser": None, "runAsGroup": None}}}
    )["models"]["spec"]
    assert set(ids["securityContext"]) == {"runAsNonRoot", "seccompProfile"}
