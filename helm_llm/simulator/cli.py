"""Command line of the simulator: the name of the program decides which engine it plays."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import NoReturn

from helm_llm.simulator import arguments
from helm_llm.simulator.failure import BadSetting, StartFailed
from helm_llm.simulator.log import log_line
from helm_llm.simulator.personality import Personality, choose_personality
from helm_llm.simulator.refusal import (
    COMMANDS,
    SERVE,
    unknown_command_error,
    usage_line,
)
from helm_llm.simulator.serve import log_banner, serve
from helm_llm.simulator.settings import choose_nim_release, read_settings

Words = Sequence[str]
Environ = Mapping[str, str]


def main() -> NoReturn:
    """Run and exit at once, without waiting for the threads of open connections."""
    code = run(sys.argv, os.environ)
    sys.stdout.flush()
    os._exit(code)


def run(argv: Words, environ: Environ) -> int:
    """Run one command line; returns the exit code."""
    program = PurePath(argv[0]).name
    words = argv[1:]
    if program not in _PROGRAMS:
        program, words = _default_program(words)
    try:
        if program in _PROGRAMS:
            return _PROGRAMS[program](words, environ)
        return _execute([program, *words])
    except StartFailed as failure:
        log_line(str(failure))
        return failure.code


def _default_program(words: Words) -> tuple[str, Words]:
    """The program that an image's entrypoint runs with these arguments.

    Only charts for NIM give no arguments.
    """
    if not words:
        return "start-server.sh", ()
    if words[0].startswith("-"):
        return "vllm", ["serve", *words]
    if words[0] == "serve":
        return "vllm", words
    return words[0], words[1:]


def _execute(words: Words) -> int:
    try:
        os.execvp(words[0], list(words))  # noqa: S606
    except OSError as error:
        raise StartFailed(f"[simulator] {words[0]}: {error.strerror}", 127) from None


def _run_vllm(words: Words, environ: Environ) -> int:
    command = words[0] if words else "--help"
    if command == "serve":
        return _start(choose_personality("vllm", environ), words[1:], environ)
    if command in ("-v", "--version"):
        return _print(arguments.choose_vllm_release(environ))
    if command in ("-h", "--help"):
        return _print(usage_line("vllm"))
    if command in COMMANDS:
        raise BadSetting(f"vllm {command} is not simulated, only vllm serve is")
    raise unknown_command_error(command)


def _run_vllm_module(words: Words, environ: Environ) -> int:
    chosen = choose_personality("vllm", environ)
    return _start(chosen, words, environ, program="api_server.py")


def _run_aidaptiv(words: Words, environ: Environ) -> int:
    chosen = choose_personality("aidaptivcache", environ)
    return _start(chosen, words, environ, program="vllm_api_server.py")


def _run_nim_1(words: Words, environ: Environ) -> int:
    return _start(choose_personality("nim", environ), words, environ)


def _run_nim_2(words: Words, environ: Environ) -> int:
    chosen = choose_personality("nim", environ, nim_generation="2")
    # NIM's own flag, which vLLM's parser would refuse.
    given = [word for word in words if word != "--dry-run"]
    return _start(chosen, given, environ, dry_run="--dry-run" in words)


def _skip_download(_: Words, __: Environ) -> int:
    return _print(
        "[simulator] nothing to do: there are no profiles and nothing is downloaded"
    )


def _check(words: Words, _: Environ) -> int:
    from helm_llm.simulator.check import check  # servers need no HTTP client

    return check(words)


def _start(
    chosen: Personality,
    words: Words,
    environ: Environ,
    *,
    program: str = SERVE,
    dry_run: bool = False,
) -> int:
    release = _choose_release(chosen, environ)
    log_banner(chosen, release)
    if "-h" in words or "--help" in words:
        return _print(arguments.options_help(chosen, release))
    options: arguments.Options = {}
    if not chosen.is_nim_1:
        # NIM 1 is configured by environment variables alone.
        options = arguments.parse_arguments(chosen, release, words, program)
    settings = read_settings(chosen, release, options, environ)
    if dry_run:
        return _print(str(settings))
    return serve(settings, options, environ)


def _choose_release(chosen: Personality, environ: Environ) -> str:
    if chosen.is_nim_1:
        return choose_nim_release(chosen, environ)
    return arguments.choose_vllm_release(environ)


def _print(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


_PROGRAMS: Mapping[str, Callable[[Words, Environ], int]] = {
    "vllm": _run_vllm,
    "api_server.py": _run_vllm_module,
    "vllm_api_server.py": _run_aidaptiv,
    "start-server.sh": _run_nim_1,
    "start_server.sh": _run_nim_1,
    "nim-serve": _run_nim_2,
    "list-model-profiles": _skip_download,
    "download-to-cache": _skip_download,
    "create-model-store": _skip_download,
    "check": _check,
}
"""Names under which charts and images run an engine; `install.py` links them."""
