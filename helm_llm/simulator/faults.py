"""Simulated faults, ordered by SIM_* variables.

The names do not start with VLLM_, because the real engine complains about unknown
variables with that prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from helm_llm.simulator.failure import BadSetting

Value = TypeVar("Value")

StartupMode: TypeAlias = Literal["refuse", "503"]
"""What clients get while the engine starts: a refused connection, or status 503."""
_STARTUP_MODES: tuple[StartupMode, ...] = ("refuse", "503")


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, and when. `*_after` are seconds since the engine was ready."""

    startup_seconds: float = 0
    startup_mode: StartupMode | None = None
    """None: as the engine does."""
    fail_start: tuple[int, str] | None = None
    """Exit code and last line of the log."""
    crash_after: float | None = None
    unhealthy_after: float | None = None
    hang_after: float | None = None
    status: Mapping[str, int] = field(default_factory=dict)
    """Path -> HTTP status of all its responses."""
    error_rate: float = 0
    token_seconds: float = 0
    ignore_term: bool = False


def read_faults(environ: Mapping[str, str]) -> Faults:
    """Read all variables; raises BadSetting for a wrong value."""

    def read(name: str, parse: Callable[[str], Value], default: Value) -> Value:
        return read_setting(environ, name, parse, default)

    return Faults(
        startup_seconds=read("SIM_STARTUP_SECONDS", _parse_seconds, 0.0),
        startup_mode=read("SIM_STARTUP_MODE", _parse_startup_mode, None),
        fail_start=read("SIM_FAIL_START", _parse_exit_code, None),
        crash_after=read("SIM_CRASH_AFTER", _parse_seconds, None),
        unhealthy_after=read("SIM_UNHEALTHY_AFTER", _parse_seconds, None),
        hang_after=read("SIM_HANG_AFTER", _parse_seconds, None),
        status=read("SIM_STATUS", _parse_statuses, {}),
        error_rate=read("SIM_ERROR_RATE", _parse_share, 0.0),
        token_seconds=read("SIM_TOKEN_SECONDS", _parse_seconds, 0.0),
        ignore_term=read("SIM_IGNORE_TERM", parse_switch, False),
    )


def read_setting(
    environ: Mapping[str, str], name: str, parse: Callable[[str], Value], default: Value
) -> Value:
    """Read one variable; the default if it is missing or empty."""
    text = environ.get(name, "")
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        raise BadSetting(f"{name}={text} is not valid: {error}") from None


def parse_switch(text: str) -> bool:
    """1 or 0."""
    if text not in ("0", "1"):
        raise ValueError("use 1 or 0")
    return text == "1"


def parse_count(text: str) -> int:
    """A whole number that is not negative."""
    if not text.isdecimal():
        raise ValueError("use a whole number")
    return int(text)


def parse_http_status(text: str) -> int:
    """A final HTTP status, 200 to 599."""
    status = parse_count(text)
    if status not in range(200, 600):
        raise ValueError(f"{text} is not an HTTP status")
    return status


def _parse_seconds(text: str) -> float:
    seconds = float(text)
    # Written so that NaN, which float() accepts, fails too.
    if not 0 <= seconds < 1e9:
        raise ValueError("use a number of seconds")
    return seconds


def _parse_share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError("use a number between 0 and 1")
    return share


def _parse_startup_mode(text: str) -> StartupMode | None:
    if text not in _STARTUP_MODES:
        raise ValueError("use refuse or 503")
    return text


def _parse_exit_code(text: str) -> tuple[int, str]:
    code, _, message = text.partition(":")
    number = parse_count(code)
    if number > 255:
        raise ValueError("an exit code is at most 255")
    if not message:
        message = "RuntimeError: Engine core initialization failed, as ordered."
    return number, message


def _parse_statuses(text: str) -> Mapping[str, int]:
    statuses = {}
    for item in text.split(","):
        # From the right, because a path may contain a `=`.
        path, _, status = item.strip().rpartition("=")
        if not path.startswith("/"):
            raise ValueError("use /path=status, several with commas")
        statuses[path] = parse_http_status(status)
    return statuses
