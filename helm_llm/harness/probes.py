"""What an LLM server has to answer, whoever wrote its chart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm import json_text
from helm_llm.harness.endpoint import Endpoint, Reply
from helm_llm.harness.result import Failed, Skipped
from helm_llm.harness.server_in_pod import Served
from helm_llm.masking import masked
from helm_llm.tools.beginning import beginning
from helm_llm.typed import at, mappings, text

_TOKENS = 8
_NAMES = 20
_PROMPT = "Say hello."


@dataclass(frozen=True, slots=True)
class Subject:
    """A server under test: where it answers, and what its pod says of it."""

    endpoint: Endpoint
    server: Served

    def model(self) -> str:
        """The name to ask for: the first the pod names, else the first the server lists."""
        return (
            self.server.names[0]
            if self.server.names
            else _listed(_models(self.endpoint))[0]
        )


def models(subject: Subject) -> str:
    """/v1/models lists every name under which the pod serves its model."""
    listed = _listed(_models(subject.endpoint))
    for name in subject.server.names:
        if name not in listed:
            raise Failed(
                f"/v1/models does not list {name}, which the pod is to serve; it lists {_shown(listed)}"
            )
    return f"lists {_shown(listed)}"


def key(subject: Subject) -> str:
    """Without the API key nobody gets an answer."""
    if not subject.endpoint.key:
        raise Skipped("the server has no API key")
    reply = subject.endpoint.get("/v1/models", key=False)
    if reply.status not in (401, 403):
        raise Failed(
            f"without the API key /v1/models answers with {reply}; it should be status 401"
        )
    return f"without it: status {reply.status}"


def completion(subject: Subject) -> str:
    """A prompt is completed."""
    reply = _generate(subject, "/v1/completions", {"prompt": _PROMPT})
    return _quoted(_choice(reply, "/v1/completions").get("text"), "/v1/completions")


def chat(subject: Subject) -> str:
    """A message is answered."""
    reply = _generate(subject, "/v1/chat/completions", _MESSAGES)
    return _quoted(
        at(_choice(reply, "/v1/chat/completions"), "message"), "/v1/chat/completions"
    )


def stream(subject: Subject) -> str:
    """The answer comes in pieces, and says when it is over."""
    reply = _generate(subject, "/v1/chat/completions", {**_MESSAGES, "stream": True})
    chunks = [_chunk(data) for data in _events(reply) if data.startswith("{")]
    if not any(at(chunk, "choices", 0) for chunk in chunks):
        raise Failed(f"the stream holds no choices: {reply}")
    if list(_events(reply))[-1:] != ["[DONE]"]:
        raise Failed("the stream breaks off: its last event is not [DONE]")
    return f"{len(chunks)} pieces"


_MESSAGES = {"messages": [{"role": "user", "content": _PROMPT}]}

PROBES: Mapping[str, Callable[[Subject], str]] = {
    "models": models,
    "key": key,
    "completion": completion,
    "chat": chat,
    "stream": stream,
}
"""Each returns what it saw, or raises Failed or Skipped."""


def _models(endpoint: Endpoint) -> Reply:
    reply = endpoint.get("/v1/models")
    if reply.status == 404 and not endpoint.base:  # KServe's HuggingFace runtime
        endpoint.base = "/openai"
        other = endpoint.get("/v1/models")
        if other.status == 200:
            return other
        endpoint.base = ""
    if reply.status == 401:
        raise Failed(f"/v1/models wants an API key, {_held(endpoint.key)} (status 401)")
    if reply.status != 200:
        raise Failed(f"/v1/models answers with {reply}")
    return reply


def _held(key: str) -> str:
    if not key:
        return "and the pod names no Secret that holds it"
    if key != key.strip():
        return "the one from its Secret is refused: it begins or ends with a blank or a line break"
    return "the one from its Secret is refused"


def _listed(reply: Reply) -> list[str]:
    names = [
        name for card in mappings(reply.json(), "data") if (name := text(card, "id"))
    ]
    if not names:
        raise Failed(f"/v1/models lists no model: {reply}")
    return names


def _shown(names: Sequence[str]) -> str:
    """The first of them: a gateway lists hundreds."""
    more = [f"{len(names) - _NAMES} more"] if len(names) > _NAMES else []
    return ", ".join([*(beginning(name) for name in names[:_NAMES]), *more])


def _generate(subject: Subject, path: str, body: Mapping[str, Any]) -> Reply:
    if not subject.server.generates:
        raise Skipped("a pooling model completes nothing")
    reply = subject.endpoint.post(
        path, {"model": subject.model(), "max_tokens": _TOKENS, **body}
    )
    if reply.status == 400 and "chat template" in reply.text:
        raise Skipped("the model has no chat template")
    if reply.status != 200:
        raise Failed(f"{path} answers with {reply}")
    return reply


def _choice(reply: Reply, path: str) -> Mapping[str, Any]:
    choice = at(reply.json(), "choices", 0)
    if not isinstance(choice, Mapping):
        raise Failed(f"{path} answers without choices: {reply}")
    return choice


def _quoted(answer: Any, path: str) -> str:
    """A reasoning model may spend its few tokens before it says anything: a message is enough."""
    if isinstance(answer, Mapping):
        answer = (
            answer.get("content")
            or answer.get("reasoning")
            or answer.get("reasoning_content")
            or ""
        )
    if not isinstance(answer, str):
        raise Failed(f"{path} answers with a choice that holds no text")
    return json.dumps(masked(answer)[:60], ensure_ascii=False)


def _events(reply: Reply) -> Iterator[str]:
    for line in re.split(
        r"\r\n|\r|\n", reply.text
    ):  # not at the other line ends that JSON may hold
        if line.startswith("data:"):
            yield line.removeprefix("data:").strip()


def _chunk(data: str) -> Any:
    try:
        return json_text.parse(data)
    except ValueError:
        raise Failed(
            f"the stream holds a piece that is no JSON: {beginning(data) or '(empty)'}"
        ) from None
