"""Servers that answer with anything but an OpenAI API: bounded in time and size, and said in one sentence."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from helm_llm.harness import endpoint as endpoints
from helm_llm.harness import port_forward
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.entry_service import Entry
from helm_llm.harness.probes import PROBES, Subject
from helm_llm.harness.result import Failed, NoAnswer, StepName
from helm_llm.tools.kubectl import Access, Kubectl
from tests.harness.conftest import GOOD, Answer, Program
from tests.harness.test_probes import SERVED

Raw = Callable[..., Endpoint]
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def raw(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Raw]:
    """An endpoint whose server sends these bytes, and then one piece again and again."""
    monkeypatch.setattr(endpoints, "RETRY_SECONDS", 0)
    with ExitStack() as stack:

        def make(
            sent: bytes, again: bytes = b"", every: float = 0, key: str = ""
        ) -> Endpoint:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(
                target=_serve, args=(listening, sent, again, every), daemon=True
            ).start()
            script = f'echo "Forwarding from 127.0.0.1:{listening.getsockname()[1]} -> 8000"; exec sleep 60'
            kubectl = Kubectl(str(program("kubectl", script)), Access(), "default")
            return stack.enter_context(
                Endpoint(kubectl, Entry("service/llm", "80"), key=key)
            )

        yield make


def _serve(listening: socket.socket, sent: bytes, again: bytes, every: float) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with suppress(OSError), connection:
                connection.recv(65536)
                connection.sendall(sent)
                while again:
                    time.sleep(every)
                    connection.sendall(again)


BROKEN = [
    pytest.param(b"", "no answer", id="nothing"),
    pytest.param(b"hello\r\n\r\n", "no answer", id="no-http"),
    pytest.param(b"\x16\x03\x01\x00\xff\xfe", "no answer", id="tls"),
    pytest.param(OK + b"Content-Length: 50\r\n\r\n{", "no answer", id="ends-too-early"),
    pytest.param(
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        "no answer",
        id="chunks-without-a-size",
    ),
    pytest.param(
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n",
        "no answer",
        id="chunks-of-less-than-nothing",
    ),
    pytest.param(
        OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", "no answer", id="long-header"
    ),
    pytest.param(OK + b"X: y\r\n" * 500 + b"\r\n", "no answer", id="many-headers"),
    pytest.param(b"HTTP/1.1 99999 OK\r\n\r\n", "no answer", id="no-status"),
]


@pytest.mark.parametrize(("sent", "says"), BROKEN)
def test_what_is_no_http(sent: bytes, says: str, raw: Raw) -> None:
    with pytest.raises(NoAnswer, match=says) as failed:
        raw(sent).get("/v1/models", seconds=3)
    assert "\n" not in str(failed.value)


ENDLESS = [
    pytest.param(OK + b"\r\n", b"x", id="body"),
    pytest.param(
        OK + b"Connection: close\r\n\r\n",
        b"x",
        id="body-of-a-connection-that-is-to-close",
    ),
    pytest.param(
        OK + b"Content-Type: text/event-stream\r\n\r\n", b"data: {}\n\n", id="events"
    ),
    pytest.param(OK, b"X", id="header"),
    pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="continue"),
    pytest.param(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0", id="size-of-a-chunk"
    ),
]


@pytest.mark.parametrize(("sent", "again"), ENDLESS)
def test_an_answer_that_drips_without_end(sent: bytes, again: bytes, raw: Raw) -> None:
    start = time.monotonic()
    with pytest.raises(NoAnswer, match="timed out after 1 s"):
        raw(sent, again, 0.05).get("/v1/models", seconds=1)
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("header", [b"\r\n", b"Content-Length: 104857600\r\n\r\n"])
def test_an_answer_of_a_hundred_megabytes(header: bytes, raw: Raw) -> None:
    with pytest.raises(Failed, match="the answer has more than 8 MiB") as failed:
        raw(OK + header, b"x" * 65536).get("/v1/models", seconds=30)
    assert not isinstance(failed.value, NoAnswer)


def test_a_redirect_is_said_and_not_followed(raw: Raw) -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(
        Failed, match=r"status 307 \(a redirect to http://elsewhere.test/\)"
    ):
        PROBES["models"](Subject(raw(moved), SERVED))


def body_of(content: bytes) -> bytes:
    return OK + f"Content-Length: {len(content)}\r\n\r\n".encode() + content


MODELS = [
    b"<html>",
    b"[]",
    b"5",
    b'{"data": {}}',
    b'{"data": "llama"}',
    b'{"data": [5, null, "llama"]}',
    b'{"data": [{"id": 5}, {"id": null}, {"id": ""}]}',
    b'{"data": [' + b'{"data": [' * 20_000,
    b'{"data": ' + b"1" * 10_000 + b"}",
    b"\xff\xfe\x00",
    b"",
    b"x" * 100_000,
]


@pytest.mark.parametrize("content", MODELS, ids=lambda content: repr(content[:24]))
def test_models_that_are_none(content: bytes, raw: Raw) -> None:
    with pytest.raises(Failed, match="lists no model") as failed:
        PROBES["models"](Subject(raw(body_of(content)), SERVED))
    assert len(str(failed.value)) < 500
    assert "\n" not in str(failed.value)


def test_hundreds_of_models_are_not_all_said(endpoint: Callable[..., Endpoint]) -> None:
    cards = ", ".join(f'{{"id": "model-{number}"}}' for number in range(900))
    with pytest.raises(Failed, match="880 more") as failed:
        PROBES["models"](
            Subject(
                endpoint({**GOOD, "/v1/models": (200, f'{{"data": [{cards}]}}')}),
                SERVED,
            )
        )
    assert len(str(failed.value)) < 1000


ANSWERS = [
    ("completion", "/v1/completions", '{"choices": {}}', "without choices"),
    ("completion", "/v1/completions", '{"choices": "text"}', "without choices"),
    ("completion", "/v1/completions", '{"choices": [["text"]]}', "without choices"),
    ("completion", "/v1/completions", '{"choices": [{"text": 5}]}', "contains no text"),
    (
        "chat",
        "/v1/chat/completions",
        '{"choices": [{"message": {"content": [5]}}]}',
        "contains no text",
    ),
    (
        "chat",
        "/v1/chat/completions",
        '{"choices": [{"message": [5]}]}',
        "contains no text",
    ),
    ("chat", "/v1/chat/completions", "[" * 50_000, "without choices"),
    (
        "stream",
        "stream",
        "data: {broken\n\ndata: [DONE]\n\n",
        "a piece that is not JSON",
    ),
    ("stream", "stream", 'data: {"choices": 5}\n\ndata: [DONE]\n\n', "no choices"),
    ("stream", "stream", 'data: {"choices": "text"}\n\ndata: [DONE]\n\n', "no choices"),
    ("stream", "stream", "data: {" * 9, "a piece that is not JSON"),
    ("stream", "stream", "<html>", "no choices"),
]


@pytest.mark.parametrize(("probe", "path", "text", "says"), ANSWERS)
def test_answers_of_another_shape(
    probe: StepName, path: str, text: str, says: str, endpoint: Callable[..., Endpoint]
) -> None:
    answers: dict[str, Answer] = {**GOOD, path: (200, text)}
    with pytest.raises(Failed, match=says):
        PROBES[probe](Subject(endpoint(answers), SERVED))


def test_a_stream_may_hold_the_line_ends_of_other_alphabets(raw: Raw) -> None:
    piece = 'data: {"choices": [{"delta": {"content": "a\u2028b\x85c"}}]}\r\n\r\ndata: [DONE]\r\n\r\n'
    assert PROBES["stream"](Subject(raw(body_of(piece.encode())), SERVED)) == "1 pieces"


FORWARDS = [
    ("echo hello; exec sleep 60", "hello"),
    ("echo 'Forwarding from 127.0.0.1:99999 -> 8000'; exec sleep 60", "99999"),
    (
        f"echo 'Forwarding from 127.0.0.1:{'1' * 400} -> 8000'; exec sleep 60",
        "no answer",
    ),
    ("printf '\\377\\376\\033[31m\\n'; exec sleep 60", "no answer"),
    ("exec sleep 60", "printed no port"),
    ("while echo spam; do :; done", "spam"),
]


@pytest.mark.parametrize(("script", "says"), FORWARDS)
def test_a_port_forward_that_says_something_else(
    script: str, says: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "RETRY_SECONDS", 0)
    monkeypatch.setattr(port_forward, "START_SECONDS", 1)
    kubectl = Kubectl(str(program("kubectl", script)), Access(), "default")
    with (
        Endpoint(kubectl, Entry("service/llm", "80")) as closed,
        pytest.raises(NoAnswer, match=says),
    ):
        closed.get("/v1/models")


def test_a_path_of_the_pod_is_quoted(raw: Raw) -> None:
    endpoint = raw(body_of(b"{}"))
    for base in ("/a b", "/ä", "/x\r\nHost: evil", "/\x00"):
        endpoint.base = base
        assert endpoint.get("/v1/models", seconds=5).status == 200
