"""`helm-llm-sim check URL`: a client for clusters that have no image with curl."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from helm_llm.simulator.log import say

_PAUSE = 3


def check(words: Sequence[str]) -> int:
    """Ask until the answer is right or the tries are over; the exit code says which."""
    options = _parser().parse_args(words)
    problem = ""
    for left in range(options.retries, -1, -1):
        problem = _problem(options.url, options.header, options.expect_model)
        if not problem:
            say(f"ok: {options.url}")
            return 0
        if left:
            time.sleep(_PAUSE)
    say(f"FAILED: {options.url}: {problem}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "helm-llm-sim check", description="GET a URL; it must answer 200."
    )
    parser.add_argument("url")
    parser.add_argument(
        "--header", action="append", default=[], help="'Name: value', several times"
    )
    parser.add_argument(
        "--expect-model", help="a name that the list of models must have"
    )
    parser.add_argument(
        "--retries", type=int, default=0, help=f"further tries, {_PAUSE} s apart"
    )
    return parser


def _problem(url: str, headers: Sequence[str], model: str | None) -> str:
    pairs = dict(header.split(":", 1) for header in headers)
    headers_of_request = {name.strip(): value.strip() for name, value in pairs.items()}
    request = Request(url, headers=headers_of_request)  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            body = answer.read()
    except HTTPError as error:
        return f"status {error.code}: {error.read(1000).decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        return str(error)
    return "" if model is None else _missing(model, body)


def _missing(model: str, body: bytes) -> str:
    try:
        names = [card["id"] for card in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        return (
            f"the answer is no list of models: {body[:1000].decode(errors='replace')}"
        )
    return (
        ""
        if model in names
        else f"model {model} is not served; served: {', '.join(names)}"
    )
