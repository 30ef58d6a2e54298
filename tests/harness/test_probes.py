"""Our questions to a server, against one that answers well and ones that do not."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from helm_llm.harness import endpoint as endpoints
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.entry_service import Entry
from helm_llm.harness.probes import PROBES, Subject
from helm_llm.harness.result import Failed, NoAnswer, Skipped, StepName
from helm_llm.harness.server_in_pod import ServerInPod
from helm_llm.tools.kubectl import Access, Kubectl
from tests.harness.conftest import GOOD, STREAM, Answer, Program

Make = Callable[..., Endpoint]
SERVED = ServerInPod(
    "vllm",
    (8000,),
    ("llama",),
    None,
    tls=False,
    root_path="",
    generates=True,
    is_probed=True,
)


def ask(probe: StepName, endpoint: Endpoint, server: ServerInPod = SERVED) -> str:
    return PROBES[probe](Subject(endpoint, server))


@pytest.mark.parametrize(
    ("probe", "seen"),
    [
        ("models", "lists llama"),
        ("completion", '"hello"'),
        ("chat", '"hello"'),
        ("stream", "1 pieces"),
    ],
)
def test_a_good_server_passes(probe: StepName, seen: str, endpoint: Make) -> None:
    assert ask(probe, endpoint(GOOD)) == seen


BAD = [
    (
        "models",
        "/v1/models",
        (200, '{"data": [{"id": "other"}]}'),
        "does not list llama",
    ),
    ("models", "/v1/models", (200, '{"data": []}'), "lists no model"),
    ("models", "/v1/models", (200, "<html>"), "lists no model"),
    ("models", "/v1/models", (503, "loading"), "status 503: loading"),
    ("completion", "/v1/completions", (200, '{"choices": []}'), "without choices"),
    (
        "completion",
        "/v1/completions",
        (200, '{"choices": [{"text": null}]}'),
        "contains no text",
    ),
    ("completion", "/v1/completions", (404, "no such model"), "status 404"),
    ("chat", "/v1/chat/completions", (500, ""), "status 500: (empty body)"),
    ("stream", "stream", (200, STREAM.replace("data: [DONE]", "")), "breaks off"),
    ("stream", "stream", (200, "data: [DONE]\n\n"), "no choices"),
]


@pytest.mark.parametrize(("probe", "path", "answer", "says"), BAD)
def test_a_bad_server_fails(
    probe: StepName, path: str, answer: Answer, says: str, endpoint: Make
) -> None:
    with pytest.raises(Failed, match=says.replace("(", r"\(").replace(")", r"\)")):
        ask(probe, endpoint({**GOOD, path: answer}))


def test_without_a_name_in_the_pod_the_listed_model_is_asked(endpoint: Make) -> None:
    assert ask("completion", endpoint(GOOD), replace(SERVED, names=())) == '"hello"'


def test_the_key_is_sent_and_needed(endpoint: Make) -> None:
    guarded = endpoint(GOOD, key="abc", sent="abc")
    assert ask("models", guarded) == "lists llama"
    assert ask("key", guarded) == "without it: status 401"


def test_a_server_that_forgets_its_key_fails(endpoint: Make) -> None:
    with pytest.raises(Failed, match="it should be status 401"):
        ask("key", endpoint(GOOD, sent="abc"))


def test_a_key_that_no_secret_holds_is_missed(endpoint: Make) -> None:
    with pytest.raises(Failed, match="names no Secret"):
        ask("models", endpoint(GOOD, key="abc"))
    with pytest.raises(Skipped, match="no API key"):
        ask("key", endpoint(GOOD))


def test_routes_below_openai_are_found(endpoint: Make) -> None:
    moved = endpoint(
        {
            f"/openai{path}" if path != "stream" else path: answer
            for path, answer in GOOD.items()
        }
    )
    assert ask("models", moved) == "lists llama"
    assert ask("chat", moved) == '"hello"'


def test_a_pooling_model_is_not_asked_to_write(endpoint: Make) -> None:
    with pytest.raises(Skipped, match="pooling"):
        ask("completion", endpoint({}), replace(SERVED, generates=False))


def test_a_model_without_chat_template_does_not_chat(endpoint: Make) -> None:
    message = json.dumps(
        {"error": {"message": "default chat template is no longer allowed"}}
    )
    with pytest.raises(Skipped, match="no chat template"):
        ask("chat", endpoint({**GOOD, "/v1/chat/completions": (400, message)}))


def test_a_reasoning_model_may_not_get_to_its_answer(endpoint: Make) -> None:
    thinks = json.dumps(
        {"choices": [{"message": {"content": None, "reasoning": "Hmm"}}]}
    )
    assert (
        ask("chat", endpoint({**GOOD, "/v1/chat/completions": (200, thinks)}))
        == '"Hmm"'
    )


def test_a_port_where_nothing_listens_is_named(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "RETRY_SECONDS", 1)
    refused = (
        "E1121 an error occurred forwarding 40001 -> 9999: error forwarding port 9999 to pod abc: "
        "dial tcp4 127.0.0.1:9999: connect: connection refused"
    )
    script = f'echo "Forwarding from 127.0.0.1:1 -> 9999"; echo "{refused}" >&2; exec sleep 60'
    kubectl = Kubectl(str(program("kubectl", script)), Access(), "default")
    with (
        Endpoint(kubectl, Entry("service/llm", "80")) as closed,
        pytest.raises(NoAnswer, match="on port 9999 in the"),
    ):
        closed.get("/v1/models")


def test_a_port_forward_that_does_not_open_says_why(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "RETRY_SECONDS", 1)
    kubectl = Kubectl(
        str(program("kubectl", "echo 'error: no such service' >&2; exit 1")),
        Access(),
        "default",
    )
    with (
        Endpoint(kubectl, Entry("service/llm", "80")) as closed,
        pytest.raises(NoAnswer, match="no such service"),
    ):
        closed.get("/v1/models")


def test_a_server_that_never_answers_is_given_up(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        script = f'echo "Forwarding from 127.0.0.1:{silent.getsockname()[1]} -> 8000"; exec sleep 60'
        kubectl = Kubectl(str(program("kubectl", script)), Access(), "default")
        with (
            Endpoint(kubectl, Entry("service/llm", "80")) as endpoint,
            pytest.raises(NoAnswer, match="timed out"),
        ):
            endpoint.get("/v1/models", seconds=0.2)
