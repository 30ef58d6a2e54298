"""`helm-llm-sim check URL`: an HTTP client for clusters without an image that has curl."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from helm_llm.simulator.log import log_line

_PAUSE = 3
"""Seconds between tries."""


def check(words: Sequence[str]) -> int:
    """Request a URL until the answer is as expected; exit code 1 if it never is."""
    options = _parser().parse_args(words)
    problem = ""
    for retries_left in range(options.retries, -1, -1):
        problem = _find_problem(options.url, options.header, options.expect_model)
        if not problem:
            log_line(f"ok: {options.url}")
            return 0
        if retries_left:
            time.sleep(_PAUSE)
    log_line(f"FAILED: {options.url}: {problem}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "helm-llm-sim check",
        description="Request a URL and check that the answer has status 200.",
    )
    parser.add_argument("url")
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        help="Header of the request, 'Name: value'; can be repeated.",
    )
    parser.add_argument(
        "--expect-model",
        help="Name that the list of models must contain.",
    )
    parser.add_argument(
        "--retries",
        type=int,
        default=0,
        help=f"Number of further tries, {_PAUSE} s apart.",
    )
    return parser


def _find_problem(url: str, headers: Sequence[str], model: str | None) -> str:
    pairs = {}
    for header in headers:
        name, value = header.split(":", 1)
        pairs[name.strip()] = value.strip()
    request = Request(url, headers=pairs)  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            body = answer.read()
    except HTTPError as error:
        return f"status {error.code}: {error.read(1000).decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        return str(error)
    if model is None:
        return ""
    return _missing_model(model, body)


def _missing_model(model: str, body: bytes) -> str:
    try:
        names = [card["id"] for card in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        text = body[:1000].decode(errors="replace")
        return f"the answer is not a list of models: {text}"
    if model in names:
        return ""
    return f"model {model} is not served; served: {', '.join(names)}"
