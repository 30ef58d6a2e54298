"""Failures on order, from SIM_* variables: of unknown VLLM_* ones the real engine would complain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from helm_llm.simulator.failure import BadSetting

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, and when; seconds count from readiness."""

    startup_seconds: float = 0
    startup_mode: str = ""
    fail_start: tuple[int, str] | None = None
    crash_after: float | None = None
    unhealthy_after: float | None = None
    hang_after: float | None = None
    status: Mapping[str, int] = field(default_factory=dict)
    error_rate: float = 0
    token_seconds: float = 0
    ignore_term: bool = False


def faults(environ: Mapping[str, str]) -> Faults:
    """Read them all; raises BadSetting for one that cannot be read."""

    def read(name: str, parse: Callable[[str], Value], default: Value) -> Value:
        return setting(environ, name, parse, default)

    return Faults(
        startup_seconds=read("SIM_STARTUP_SECONDS", _seconds, 0.0),
        startup_mode=read("SIM_STARTUP_MODE", _startup_mode, ""),
        fail_start=read("SIM_FAIL_START", _exit_code, None),
        crash_after=read("SIM_CRASH_AFTER", _seconds, None),
        unhealthy_after=read("SIM_UNHEALTHY_AFTER", _seconds, None),
        hang_after=read("SIM_HANG_AFTER", _seconds, None),
        status=read("SIM_STATUS", _statuses, {}),
        error_rate=read("SIM_ERROR_RATE", _share, 0.0),
        token_seconds=read("SIM_TOKEN_SECONDS", _seconds, 0.0),
        ignore_term=read("SIM_IGNORE_TERM", switch, False),
    )


def setting(
    environ: Mapping[str, str], name: str, parse: Callable[[str], Value], default: Value
) -> Value:
    """One variable; the default where it is absent or empty."""
    text = environ.get(name, "")
    try:
        return parse(text) if text else default
    except ValueError as error:
        raise BadSetting(f"{name}={text} cannot be read: {error}") from None


def switch(text: str) -> bool:
    """1 or 0."""
    if text not in ("0", "1"):
        raise ValueError("it is 1 or 0")
    return text == "1"


def count(text: str) -> int:
    """A whole number that is not negative."""
    if not text.isdecimal():
        raise ValueError("it is a whole number")
    return int(text)


def http_status(text: str) -> int:
    """A status that ends a request."""
    if count(text) not in range(200, 600):
        raise ValueError(f"{text} is no HTTP status")
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < 1e9:
        raise ValueError("it is a number of seconds")
    return seconds


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError("it is a share between 0 and 1")
    return share


def _startup_mode(text: str) -> str:
    if text not in ("refuse", "503"):
        raise ValueError("it is refuse or 503")
    return text


def _exit_code(text: str) -> tuple[int, str]:
    code, _, message = text.partition(":")
    if count(code) > 255:
        raise ValueError("an exit code is at most 255")
    return int(
        code
    ), message or "RuntimeError: Engine core initialization failed, as ordered."


def _statuses(text: str) -> Mapping[str, int]:
    pairs = [item.strip().rpartition("=") for item in text.split(",")]
    if not all(path.startswith("/") for path, _, _ in pairs):
        raise ValueError("it is /path=status, several with commas")
    return {path: http_status(status) for path, _, status in pairs}
