"""Checks of an OpenAI API that every LLM server must pass, whichever chart runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from helm_llm import json_text
from helm_llm.harness.endpoint import Endpoint, Reply
from helm_llm.harness.result import Failed, Skipped, StepName
from helm_llm.harness.server_in_pod import ServerInPod
from helm_llm.masking import mask
from helm_llm.tools.beginning import beginning
from helm_llm.typed import Object, at, mappings, text

_MAX_TOKENS = 8
_SHOWN_MODELS = 20
_PROMPT = "Say hello."
_MESSAGES = {"messages": [{"role": "user", "content": _PROMPT}]}
_COMPLETIONS = "/v1/completions"
_CHAT = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Subject:
    """A server under test: its endpoint, and what its pod specifies."""

    endpoint: Endpoint
    server: ServerInPod

    def model(self) -> str:
        """Model name for requests: the first of the pod, else of the API."""
        if self.server.names:
            return self.server.names[0]
        return _list_models(self.endpoint)[0]


def check_models(subject: Subject) -> str:
    """/v1/models lists every name under which the pod serves its model."""
    listed = _list_models(subject.endpoint)
    for name in subject.server.names:
        if name not in listed:
            raise Failed(
                f"/v1/models does not list {name}, which the pod is configured to "
                f"serve; it lists {_join(listed)}"
            )
    return f"lists {_join(listed)}"


def check_key(subject: Subject) -> str:
    """A request without the API key is refused."""
    if not subject.endpoint.key:
        raise Skipped("the server has no API key")
    reply = subject.endpoint.get("/v1/models", key=False)
    if reply.status not in (401, 403):
        raise Failed(
            f"without the API key /v1/models answers with {reply}; "
            "it should be status 401"
        )
    return f"without it: status {reply.status}"


def check_completion(subject: Subject) -> str:
    """A prompt is completed."""
    reply = _generate(subject, _COMPLETIONS, {"prompt": _PROMPT})
    completion = _first_choice(reply, _COMPLETIONS).get("text")
    return _quote(completion, _COMPLETIONS)


def check_chat(subject: Subject) -> str:
    """A chat message is answered."""
    reply = _generate(subject, _CHAT, _MESSAGES)
    message = at(_first_choice(reply, _CHAT), "message")
    if isinstance(message, Mapping):
        # A reasoning model may use up its few tokens before the answer itself. The
        # message is enough to show that the server works.
        reasoning = message.get("reasoning") or message.get("reasoning_content")
        message = message.get("content") or reasoning or ""
    return _quote(message, _CHAT)


def check_stream(subject: Subject) -> str:
    """An answer arrives in pieces and ends with a marker."""
    reply = _generate(subject, _CHAT, {**_MESSAGES, "stream": True})
    events = list(_events(reply))
    chunks = [_parse_chunk(event) for event in events if event.startswith("{")]
    if not any(at(chunk, "choices", 0) for chunk in chunks):
        raise Failed(f"the stream contains no choices: {reply}")
    if events[-1] != "[DONE]":
        raise Failed("the stream breaks off: its last event is not [DONE]")
    return f"{len(chunks)} pieces"


PROBES: Mapping[StepName, Callable[[Subject], str]] = {
    "models": check_models,
    "key": check_key,
    "completion": check_completion,
    "chat": check_chat,
    "stream": check_stream,
}
"""Each check returns the detail for the report, or raises Failed or Skipped."""


def _list_models(endpoint: Endpoint) -> list[str]:
    reply = _get_models(endpoint)
    ids = (text(card, "id") for card in mappings(reply.json(), "data"))
    names = [name for name in ids if name]
    if not names:
        raise Failed(f"/v1/models lists no model: {reply}")
    return names


def _get_models(endpoint: Endpoint) -> Reply:
    reply = endpoint.get("/v1/models")
    if reply.status == 404 and not endpoint.base:
        # KServe's HuggingFace runtime serves the API under this path.
        endpoint.base = "/openai"
        other = endpoint.get("/v1/models")
        if other.status == 200:
            return other
        endpoint.base = ""
    if reply.status == 401:
        problem = _key_problem(endpoint.key)
        raise Failed(f"/v1/models requires an API key, {problem} (status 401)")
    if reply.status != 200:
        raise Failed(f"/v1/models answers with {reply}")
    return reply


def _key_problem(key: str) -> str:
    if not key:
        return "but the pod names no Secret with one"
    if key != key.strip():
        return (
            "but the one from its Secret is refused: "
            "it begins or ends with a blank or a line break"
        )
    return "but the one from its Secret is refused"


def _join(names: Sequence[str]) -> str:
    """The first names; a gateway may list hundreds."""
    shown = [beginning(name) for name in names[:_SHOWN_MODELS]]
    if len(names) > _SHOWN_MODELS:
        shown.append(f"{len(names) - _SHOWN_MODELS} more")
    return ", ".join(shown)


def _generate(subject: Subject, path: str, body: Mapping[str, object]) -> Reply:
    if not subject.server.generates:
        raise Skipped("a pooling model does not generate text")
    request = {"model": subject.model(), "max_tokens": _MAX_TOKENS, **body}
    reply = subject.endpoint.post(path, request)
    # vLLM refuses chat requests for a model without one.
    if reply.status == 400 and "chat template" in reply.text:
        raise Skipped("the model has no chat template")
    if reply.status != 200:
        raise Failed(f"{path} answers with {reply}")
    return reply


def _first_choice(reply: Reply, path: str) -> Object:
    choice = at(reply.json(), "choices", 0)
    if not isinstance(choice, Mapping):
        raise Failed(f"{path} answers without choices: {reply}")
    return choice


def _quote(answer: object, path: str) -> str:
    if not isinstance(answer, str):
        raise Failed(f"{path} answers with a choice that contains no text")
    return json.dumps(mask(answer)[:60], ensure_ascii=False)


def _events(reply: Reply) -> Iterator[str]:
    # `splitlines` would also split at other line ends, which JSON may contain.
    for line in re.split(r"\r\n|\r|\n", reply.text):
        if line.startswith("data:"):
            yield line.removeprefix("data:").strip()


def _parse_chunk(event: str) -> object:
    try:
        return json_text.parse(event)
    except ValueError:
        raise Failed(
            f"the stream contains a piece that is not JSON: {beginning(event)}"
        ) from None
