"""Who is called, and how: the name of the program decides, and what follows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import NoReturn

from helm_llm.simulator import arguments
from helm_llm.simulator.failure import BadSetting, StartFailed
from helm_llm.simulator.log import say
from helm_llm.simulator.personality import Personality, personality
from helm_llm.simulator.refusal import COMMANDS, SERVE, unknown_command, usage
from helm_llm.simulator.serve import introduce, serve
from helm_llm.simulator.settings import nim_release, settings

Words = Sequence[str]
Environ = Mapping[str, str]


def main() -> NoReturn:
    """Run, and end at once: the threads of clients that are still there are not waited for."""
    code = run(sys.argv, os.environ)
    sys.stdout.flush()
    os._exit(code)


def run(argv: Words, environ: Environ) -> int:
    """One command line; returns the exit code."""
    program, words = PurePath(argv[0]).name, argv[1:]
    if program not in _PROGRAMS:
        program, words = _unwrapped(words)
    try:
        return (
            _PROGRAMS[program](words, environ)
            if program in _PROGRAMS
            else _execute([program, *words])
        )
    except StartFailed as failure:
        say(str(failure))
        return failure.code


def _unwrapped(words: Words) -> tuple[str, Words]:
    """What an image's entrypoint makes of its arguments. A chart that gives none is NIM's."""
    if not words:
        return "start-server.sh", ()
    if words[0].startswith("-"):
        return "vllm", ["serve", *words]
    return ("vllm", words) if words[0] == "serve" else (words[0], words[1:])


def _execute(words: Words) -> int:
    try:
        os.execvp(words[0], list(words))  # noqa: S606
    except OSError as error:
        raise StartFailed(f"[simulator] {words[0]}: {error.strerror}", 127) from None


def _vllm(words: Words, environ: Environ) -> int:
    command = words[0] if words else "--help"
    if command == "serve":
        return _start(personality("vllm", environ), words[1:], environ)
    if command in ("-v", "--version"):
        return _print(arguments.release(environ))
    if command in ("-h", "--help"):
        return _print(usage("vllm"))
    if command in COMMANDS:
        raise BadSetting(f"vllm {command} is not simulated, only vllm serve is")
    raise unknown_command(command)


def _module(words: Words, environ: Environ) -> int:
    return _start(personality("vllm", environ), words, environ, program="api_server.py")


def _aidaptiv(words: Words, environ: Environ) -> int:
    return _start(
        personality("aidaptivcache", environ),
        words,
        environ,
        program="vllm_api_server.py",
    )


def _nim(words: Words, environ: Environ) -> int:
    return _start(personality("nim", environ), words, environ)


def _nim_serve(words: Words, environ: Environ) -> int:
    chosen = personality("nim", environ, nim_generation="2")
    given = [word for word in words if word != "--dry-run"]
    return _start(chosen, given, environ, dry_run="--dry-run" in words)


def _nothing_to_do(_: Words, __: Environ) -> int:
    return _print(
        "[simulator] nothing to do: there are no profiles and nothing is downloaded"
    )


def _check(words: Words, _: Environ) -> int:
    from helm_llm.simulator.check import (
        check,
    )  # a client, of which a server needs nothing

    return check(words)


def _start(
    chosen: Personality,
    words: Words,
    environ: Environ,
    *,
    program: str = SERVE,
    dry_run: bool = False,
) -> int:
    release = (
        nim_release(chosen, environ) if chosen.is_nim_1 else arguments.release(environ)
    )
    introduce(chosen, release)
    if "-h" in words or "--help" in words:
        return _print(arguments.overview(chosen, release))
    given = {} if chosen.is_nim_1 else arguments.parse(chosen, release, words, program)
    told = settings(chosen, release, given, environ)
    return _print(str(told)) if dry_run else serve(told, given, environ)


def _print(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


_PROGRAMS: Mapping[str, Callable[[Words, Environ], int]] = {
    "vllm": _vllm,
    "api_server.py": _module,
    "vllm_api_server.py": _aidaptiv,
    "start-server.sh": _nim,
    "start_server.sh": _nim,
    "nim-serve": _nim_serve,
    "list-model-profiles": _nothing_to_do,
    "download-to-cache": _nothing_to_do,
    "create-model-store": _nothing_to_do,
    "check": _check,
}
