"""Requests for text, and the text they get: an echo of the prompt, cut at the limit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from helm_llm.simulator.failure import ApiError, invalid_request, rejected_request
from helm_llm.simulator.settings import Settings

Body: TypeAlias = "Mapping[str, object]"
Prompt: TypeAlias = "tuple[str, int]"
"""A text to echo, and the number of tokens in the whole prompt."""

_TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])|\s+\Z")
_DEFAULT_TEXT_TOKENS = 16
_MAX_CHOICES = 16384


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to one prompt."""

    tokens: tuple[str, ...]
    finish_reason: Literal["stop", "length"]

    @property
    def text(self) -> str:
        """All tokens."""
        return "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Completion:
    """A valid request and its answer."""

    model: str
    choices: tuple[Choice, ...]
    prompt_tokens: int
    limit: int
    n: int
    stream: bool
    with_usage: bool

    @property
    def completion_tokens(self) -> int:
        """Number of tokens in all choices."""
        return sum(len(choice.tokens) for choice in self.choices)

    @property
    def usage(self) -> dict[str, int]:
        """The `usage` of a response, keys in the engine's order."""
        generated = self.completion_tokens
        return {
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.prompt_tokens + generated,
            "completion_tokens": generated,
        }


def split_tokens(text: str) -> tuple[str, ...]:
    """Words and punctuation marks, each with the blanks before it."""
    return tuple(_TOKEN.findall(text))


def count_prompt_tokens(body: Body) -> int:
    """Number of tokens in the messages or the prompt of a request."""
    messages = body.get("messages")
    texts = [str(body.get("prompt", ""))]
    if isinstance(messages, list):
        texts = [_content(message) for message in messages]
    return sum(len(split_tokens(text)) for text in texts)


def answer_chat(body: Body, settings: Settings) -> Completion:
    """Check and answer a request of /v1/chat/completions."""
    if "messages" not in body:
        raise invalid_request(
            "body.messages",
            type="missing",
            msg="Field required",
            input=f"<dict of {len(body)} items>",
        )
    messages = body["messages"]
    if not isinstance(messages, list):
        raise invalid_request(
            "body.messages",
            type="list_type",
            msg="Input should be a valid list",
            input=str(messages)[:200],
        )
    question = ""
    for message in messages:
        if _field(message, "role") == "user":
            question = _content(message)
    prompt = question, count_prompt_tokens(body)
    limit = _integer(body, "max_completion_tokens") or _integer(body, "max_tokens")
    return _answer(body, settings, [prompt], limit)


def answer_text(body: Body, settings: Settings) -> Completion:
    """Check and answer a request of /v1/completions."""
    prompt = body.get("prompt")
    if not prompt:
        raise _value_error(
            body,
            "prompt",
            "Either prompt or prompt_embeds must be provided and non-empty.",
        )
    prompts = [_read_prompt(each) for each in _prompts(prompt)]
    limit = _integer(body, "max_tokens")
    return _answer(body, settings, prompts, limit, default=_DEFAULT_TEXT_TOKENS)


def _answer(
    body: Body,
    settings: Settings,
    prompts: Sequence[Prompt],
    limit: int | None,
    default: int | None = None,
) -> Completion:
    if body.get("stream_options") and not body.get("stream"):
        raise _value_error(
            body,
            "stream_options",
            "Stream options can only be defined when `stream=True`.",
        )
    n = _choice_count(body)
    model = body.get("model")
    _check_model(model, settings)
    lengths = [length for _, length in prompts]
    # All prompts share one limit, so the longest one decides.
    room = _tokens_left(settings.max_model_len, max(lengths), limit)
    limit = limit or min(default or room, room)
    # vLLM lists all answers to the first prompt, then those to the next.
    choices: list[Choice] = []
    for text, _ in prompts:
        choices += [_echo(text, limit)] * n
    return Completion(
        model=str(model or settings.served_names[0]),
        choices=tuple(choices),
        prompt_tokens=sum(lengths),
        limit=limit,
        n=n,
        stream=bool(body.get("stream")),
        with_usage=bool(_field(body.get("stream_options"), "include_usage")),
    )


def _echo(text: str, limit: int) -> Choice:
    tokens = split_tokens(f"[simulated] {text}".rstrip())
    if len(tokens) > limit:
        return Choice(tokens[:limit], "length")
    return Choice(tokens, "stop")


def _tokens_left(context: int, length: int, limit: int | None) -> int:
    """Number of tokens that the context has left after the prompt."""
    start = f"This model's maximum context length is {context} tokens. However, "
    if length >= context:
        raise rejected_request(
            "input_tokens",
            f"{start}your prompt contains {length} input tokens, which exceeds this limit even without any output "
            "tokens. Please reduce the length of the input prompt.",
        )
    if limit and length + limit > context:
        raise rejected_request(
            "input_tokens",
            f"{start}you requested {limit} output tokens and your prompt contains {length} input tokens, for a total "
            f"of {length + limit} tokens. Please reduce the length of the input prompt or the number of requested "
            "output tokens.",
        )
    return context - length


def _check_model(model: object, settings: Settings) -> None:
    if model and model not in settings.names:
        aliases = ", ".join(settings.served_names)
        raise ApiError(
            404,
            "NotFoundError",
            f"The model `{model}` does not exist. Valid aliases: {aliases}.",
            "model",
        )


def _value_error(body: Body, param: str, message: str) -> ApiError:
    error = invalid_request(
        "body",
        type="value_error",
        msg=f"Value error, {message}",
        input=f"<dict of {len(body)} items>",
    )
    error.param = param
    return error


def _integer(body: Body, name: str) -> int | None:
    number = body.get(name)
    if number is None:
        return None
    if not isinstance(number, int):
        raise invalid_request(
            f"body.{name}",
            type="int_type",
            msg="Input should be a valid integer",
            input=str(number)[:200],
        )
    if number < 1:
        raise rejected_request(name, f"{name} must be at least 1, got {number}.")
    return number


def _choice_count(body: Body) -> int:
    n = _integer(body, "n") or 1
    if n > _MAX_CHOICES:
        raise rejected_request("n", f"n must be at most {_MAX_CHOICES}, got {n}.")
    return n


def _field(message: object, name: str) -> object:
    if not isinstance(message, dict):
        return None
    return message.get(name)


def _content(message: object) -> str:
    content = _field(message, "content")
    if not isinstance(content, list):
        return str(content or "")
    # Parts of other types, such as images, have no text.
    parts = [part for part in content if isinstance(part, dict)]
    return "\n".join(str(part.get("text", "")) for part in parts)


def _prompts(prompt: object) -> list[object]:
    # A list of numbers is one prompt, given as tokens.
    if isinstance(prompt, list) and not isinstance(prompt[0], int):
        return prompt
    return [prompt]


def _read_prompt(prompt: object) -> Prompt:
    if isinstance(prompt, list):
        return " ".join(map(str, prompt)), len(prompt)
    text = str(prompt)
    return text, len(split_tokens(text))
