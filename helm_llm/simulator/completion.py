"""Requests for text and the text they get: an echo of what was asked, cut where the limit says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.simulator.failure import ApiError, invalid, rejected
from helm_llm.simulator.settings import Settings

Body = Mapping[str, Any]

_TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])|\s+\Z")
_TEXT_LIMIT = 16
_CHOICES = 16384


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to one prompt."""

    tokens: tuple[str, ...]
    finish_reason: str

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Completion:
    """A request that was understood, and its answer."""

    model: str
    choices: tuple[Choice, ...]
    prompt_tokens: int
    limit: int
    n: int
    stream: bool
    with_usage: bool

    @property
    def completion_tokens(self) -> int:
        """Over all choices."""
        return sum(len(choice.tokens) for choice in self.choices)

    @property
    def usage(self) -> dict[str, int]:
        """As it stands in answers, in their order."""
        prompt, generated = self.prompt_tokens, self.completion_tokens
        return {
            "prompt_tokens": prompt,
            "total_tokens": prompt + generated,
            "completion_tokens": generated,
        }


def tokenize(text: str) -> tuple[str, ...]:
    """Words and punctuation marks, each with the blanks before it: joined they are the text again."""
    return tuple(_TOKEN.findall(text))


def prompt_tokens(body: Body) -> int:
    """How many tokens /tokenize finds."""
    messages = body.get("messages")
    texts = (
        map(_content, messages)
        if isinstance(messages, list)
        else [str(body.get("prompt", ""))]
    )
    return sum(len(tokenize(text)) for text in texts)


def chat(body: Body, settings: Settings) -> Completion:
    """Understand and answer a request of /v1/chat/completions."""
    if "messages" not in body:
        raise invalid(
            "body.messages",
            type="missing",
            msg="Field required",
            input=f"<dict of {len(body)} items>",
        )
    messages = body["messages"]
    if not isinstance(messages, list):
        raise invalid(
            "body.messages",
            type="list_type",
            msg="Input should be a valid list",
            input=str(messages)[:200],
        )
    asked = [
        _content(message) for message in messages if _field(message, "role") == "user"
    ]
    prompt = "".join(asked[-1:]), prompt_tokens(body)
    limit = _integer(body, "max_completion_tokens") or _integer(body, "max_tokens")
    return _answer(body, settings, [prompt], limit)


def text(body: Body, settings: Settings) -> Completion:
    """Understand and answer a request of /v1/completions."""
    prompt = body.get("prompt")
    if not prompt:
        raise _value_error(
            body,
            "prompt",
            "Either prompt or prompt_embeds must be provided and non-empty.",
        )
    prompts = [(_prompt_text(each), _prompt_length(each)) for each in _prompts(prompt)]
    return _answer(
        body, settings, prompts, _integer(body, "max_tokens"), default=_TEXT_LIMIT
    )


def _answer(
    body: Body,
    settings: Settings,
    prompts: Sequence[tuple[str, int]],
    limit: int | None,
    default: int | None = None,
) -> Completion:
    if body.get("stream_options") and not body.get("stream"):
        raise _value_error(
            body,
            "stream_options",
            "Stream options can only be defined when `stream=True`.",
        )
    n = _choices(body)
    _check_model(body.get("model"), settings)
    room = _room(settings.max_model_len, max(length for _, length in prompts), limit)
    limit = limit or min(default or room, room)
    return Completion(
        model=body.get("model") or settings.served_names[0],
        choices=tuple(_choice(asked, limit) for asked, _ in prompts for _ in range(n)),
        prompt_tokens=sum(length for _, length in prompts),
        limit=limit,
        n=n,
        stream=bool(body.get("stream")),
        with_usage=bool(_field(body.get("stream_options"), "include_usage")),
    )


def _choice(asked: str, limit: int) -> Choice:
    tokens = tokenize(f"[simulated] {asked}".rstrip())
    return Choice(tokens[:limit], "length" if len(tokens) > limit else "stop")


def _room(context: int, length: int, limit: int | None) -> int:
    """Tokens left after the prompt."""
    start = f"This model's maximum context length is {context} tokens. However, "
    if length >= context:
        raise rejected(
            "input_tokens",
            f"{start}your prompt contains {length} input tokens, which exceeds this limit even without any output "
            "tokens. Please reduce the length of the input prompt.",
        )
    if limit and length + limit > context:
        raise rejected(
            "input_tokens",
            f"{start}you requested {limit} output tokens and your prompt contains {length} input tokens, for a total "
            f"of {length + limit} tokens. Please reduce the length of the input prompt or the number of requested "
            "output tokens.",
        )
    return context - length


def _check_model(model: Any, settings: Settings) -> None:
    if model and model not in settings.names:
        aliases = ", ".join(settings.served_names)
        raise ApiError(
            404,
            "NotFoundError",
            f"The model `{model}` does not exist. Valid aliases: {aliases}.",
            "model",
        )


def _value_error(body: Body, param: str, message: str) -> ApiError:
    error = invalid(
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
        raise invalid(
            f"body.{name}",
            type="int_type",
            msg="Input should be a valid integer",
            input=str(number)[:200],
        )
    if number < 1:
        raise rejected(name, f"{name} must be at least 1, got {number}.")
    return number


def _choices(body: Body) -> int:
    n = _integer(body, "n") or 1
    if n > _CHOICES:
        raise rejected("n", f"n must be at most {_CHOICES}, got {n}.")
    return n


def _field(message: Any, name: str) -> Any:
    return message.get(name) if isinstance(message, dict) else None


def _content(message: Any) -> str:
    content = _field(message, "content")
    if isinstance(content, list):
        return "\n".join(
            str(part.get("text", "")) for part in content if isinstance(part, dict)
        )
    return str(content or "")


def _prompts(prompt: Any) -> list[Any]:
    several = isinstance(prompt, list) and not isinstance(prompt[0], int)
    return prompt if several else [prompt]


def _prompt_text(prompt: Any) -> str:
    return " ".join(map(str, prompt)) if isinstance(prompt, list) else str(prompt)


def _prompt_length(prompt: Any) -> int:
    return len(prompt) if isinstance(prompt, list) else len(tokenize(str(prompt)))
