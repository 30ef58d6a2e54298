"""Bodies of responses, with keys in the order of vLLM 0.33."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from helm_llm.simulator.completion import Choice, Completion
from helm_llm.simulator.settings import Lora, Settings

Body: TypeAlias = "dict[str, object]"

_PERMISSIONS = {
    "allow_create_engine": False,
    "allow_sampling": True,
    "allow_logprobs": True,
    "allow_search_indices": False,
    "allow_view": True,
    "allow_fine_tuning": False,
    "organization": "*",
    "group": None,
    "is_blocking": False,
}


def models(settings: Settings) -> Body:
    """`GET /v1/models`: a card for each served name, then one for each adapter."""
    cards = [_served_card(settings, name) for name in settings.served_names]
    cards += [_adapter_card(settings, lora) for lora in settings.loras]
    return {"object": "list", "data": cards}


def _served_card(settings: Settings, name: str) -> Body:
    if settings.personality.dialect == "huggingface":
        card = _card(settings, name, root=None, parent=None, max_model_len=None)
        return card | {"permission": []}
    root = name if settings.personality.is_nim_1 else settings.model
    return _card(
        settings, name, root=root, parent=None, max_model_len=settings.max_model_len
    )


def _adapter_card(settings: Settings, lora: Lora) -> Body:
    return _card(
        settings,
        lora.name,
        root=lora.path,
        parent=settings.served_names[0],
        max_model_len=None,
    )


def _card(
    settings: Settings,
    name: str,
    *,
    root: str | None,
    parent: str | None,
    max_model_len: int | None,
) -> Body:
    created = int(time.time())
    permission = {
        "id": f"modelperm-{os.urandom(16).hex()}",
        "object": "model_permission",
        "created": created,
    }
    return {
        "id": name,
        "object": "model",
        "created": created,
        "owned_by": settings.personality.owned_by,
        "root": root,
        "parent": parent,
        "max_model_len": max_model_len,
        "permission": [permission | _PERMISSIONS],
    }


def _chat_choice(index: int, choice: Choice) -> Body:
    fields = ("refusal", "annotations", "audio", "function_call", "reasoning")
    message = {"role": "assistant", "content": choice.text} | dict.fromkeys(fields)
    ending = {
        "logprobs": None,
        "finish_reason": choice.finish_reason,
        "stop_reason": None,
    }
    return {"index": index, "message": message, **ending} | dict.fromkeys(
        ("token_ids", "routed_experts", "weight_versions")
    )


def _text_choice(index: int, choice: Choice) -> Body:
    ending = {
        "logprobs": None,
        "finish_reason": choice.finish_reason,
        "stop_reason": None,
    }
    fields = (
        "token_ids",
        "prompt_logprobs",
        "prompt_token_ids",
        "routed_experts",
        "weight_versions",
    )
    return {"index": index, "text": choice.text, **ending} | dict.fromkeys(fields)


def _chat_piece(index: int, token: str, reason: str | None) -> Body:
    choice = {
        "index": index,
        "delta": {"content": token},
        "logprobs": None,
        "finish_reason": reason,
    }
    if reason:
        return choice | dict.fromkeys(("stop_reason", "token_ids", "weight_versions"))
    return choice | {"token_ids": None}


def _text_piece(index: int, token: str, reason: str | None) -> Body:
    choice = {"index": index, "text": token, "logprobs": None, "finish_reason": reason}
    return choice | dict.fromkeys(
        ("stop_reason", "prompt_token_ids", "token_ids", "weight_versions")
    )


def _role(index: int) -> Body:
    delta = {"role": "assistant", "content": ""}
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


@dataclass(frozen=True, slots=True)
class Kind:
    """Differences between the responses of the two routes."""

    prefix: str
    whole: str
    part: str
    choice: Callable[[int, Choice], Body]
    piece: Callable[[int, str, str | None], Body]
    tail: tuple[str, ...] = ()
    """Empty fields about the prompt. Only the stream of a chat starts with roles."""


CHAT = Kind(
    "chatcmpl-",
    "chat.completion",
    "chat.completion.chunk",
    _chat_choice,
    _chat_piece,
    ("prompt_logprobs", "prompt_token_ids", "prompt_text"),
)
TEXT = Kind("cmpl-", "text_completion", "text_completion", _text_choice, _text_piece)


def answer_body(kind: Kind, completion: Completion, fingerprint: str) -> Body:
    """The whole answer as one body."""
    details = {"prompt_tokens_details": None, "completion_tokens_details": None}
    return {
        **_head(kind, kind.whole, completion),
        "choices": [
            kind.choice(index, choice)
            for index, choice in enumerate(completion.choices)
        ],
        "service_tier": None,
        "system_fingerprint": fingerprint,
        "usage": completion.usage | details,
        **dict.fromkeys(
            (*kind.tail, "kv_transfer_params", "ec_transfer_params", "metrics")
        ),
    }


def chunks(
    kind: Kind, completion: Completion, fingerprint: str, pause: Callable[[], object]
) -> Iterator[Body]:
    """The answer in chunks: roles, tokens (each after a pause), and the usage if requested."""
    head = _head(kind, kind.part, completion)
    if kind.tail:
        for index in range(len(completion.choices)):
            yield {**head, "choices": [_role(index)], **dict.fromkeys(kind.tail[1:])}
    last_mark: Mapping[str, str] = (
        {} if completion.with_usage else {"system_fingerprint": fingerprint}
    )
    for index, choice in enumerate(completion.choices):
        for position, token in enumerate(choice.tokens, 1):
            reason = choice.finish_reason if position == len(choice.tokens) else None
            mark = last_mark if reason else {}
            pause()
            yield {
                **head,
                "choices": [kind.piece(index, token, reason)],
                **mark,
                "kv_transfer_params": None,
            }
    if completion.with_usage:
        yield {
            **head,
            "choices": [],
            "usage": completion.usage,
            "system_fingerprint": fingerprint,
        }


def _head(kind: Kind, name: str, completion: Completion) -> Body:
    identity = f"{kind.prefix}{os.urandom(16).hex()}"
    return {
        "id": identity,
        "object": name,
        "created": int(time.time()),
        "model": completion.model,
    }
