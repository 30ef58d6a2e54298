"""Runs inside an environment with one vLLM release: what its own argument parser accepts, as JSON on stdout.

    python real_parser.py SOURCE RELEASE

SOURCE is the directory that holds the package `vllm`, an unpacked source distribution: the compiled extension is not
needed, because vLLM's CPU platform is chosen before anything else is imported. Nothing of vLLM is stubbed.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import importlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, get_args

import cases

ARGUMENT_MODULES = (
    "common.cli_args",
    "launchers.cli_args",
    "serve.cli_args",
    "openai.cli_args",
)
PARSER_MODULES = ("vllm.utils.argparse_utils", "vllm.utils")

_LOADER = "vllm.model_executor.model_loader"
REGISTRIES = {
    "--tool-call-parser": (
        ("vllm.tool_parsers", "ToolParserManager"),
        ("vllm.entrypoints.openai.tool_parsers", "ToolParserManager"),
    ),
    "--reasoning-parser": (("vllm.reasoning", "ReasoningParserManager"),),
    "--quantization": (
        ("vllm.model_executor.layers.quantization", "QUANTIZATION_METHODS"),
    ),
    "--load-format": (
        (_LOADER, "_LOAD_FORMAT_TO_MODEL_LOADER"),
        (_LOADER, "LoadFormats"),
        ("vllm.config.load", "LoadFormat"),
        ("vllm.config", "LoadFormat"),
    ),
}

SAMPLES = (
    "",
    "None",
    "1",
    "-1",
    "1.5",
    "1k",
    "1K",
    "1.5K",
    "auto",
    "abc",
    "{}",
    "[]",
    '{"a": 1}',
    "{bad",
    "null",
)
"""Words that tell the types of values apart."""


def first(modules: tuple[str, ...], name: str) -> Any:
    found = (getattr(module, name, None) for module in map(imported, modules))
    return next(thing for thing in found if thing is not None)


def imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A module of vLLM that is not there is another release; a missing dependency is a mistake of ours.
        if not str(error.name).startswith("vllm"):
            raise
        return None


def select_cpu() -> None:
    platforms = importlib.import_module("vllm.platforms")
    cpu = importlib.import_module("vllm.platforms.cpu")
    platforms._current_platform = cpu.CpuPlatform()  # type: ignore[attr-defined]


def build() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """`vllm` with its sub-command `serve`, and the parser of that alone."""
    select_cpu()
    top = first(PARSER_MODULES, "FlexibleArgumentParser")(prog="vllm")
    commands = top.add_subparsers(dest="subparser")
    serve = commands.add_parser("serve", prog="vllm serve")
    first(
        tuple(f"vllm.entrypoints.{module}" for module in ARGUMENT_MODULES),
        "make_arg_parser",
    )(serve)
    if all(action.dest != "model_tag" for action in serve._actions):
        # Until 0.9 the sub-command itself adds the model and a few options.
        del commands._name_parser_map["serve"]
        serve = (
            importlib.import_module("vllm.entrypoints.cli.serve")
            .ServeSubcommand()
            .subparser_init(commands)
        )
    return top, serve


def spellings(serve: argparse.ArgumentParser) -> dict[int, list[str]]:
    """All spellings of each action: the newest releases keep some from the help and from `option_strings`."""
    found: dict[int, list[str]] = {}
    for spelling, action in serve._option_string_actions.items():
        found.setdefault(id(action), []).append(spelling)
    return found


def accepted(parse: Any) -> list[str]:
    """The sample words that a type accepts."""
    if parse is None:
        return list(SAMPLES)
    good = []
    for sample in SAMPLES:
        with contextlib.suppress(Exception):
            parse(sample)
            good.append(sample)
    return good


def options(serve: argparse.ArgumentParser) -> Iterator[dict[str, Any]]:
    by_action = spellings(serve)
    for action in serve._actions:
        if action.dest == "help" or not by_action.get(id(action)):
            continue
        yield {
            "flags": by_action[id(action)],
            "negative": sorted(getattr(action, "negative_option_strings", ())),
            "action": type(action).__name__,
            "nargs": action.nargs,
            "type": getattr(
                action.type,
                "__name__",
                None if action.type is None else str(action.type),
            ),
            "accepts": accepted(action.type) if action.nargs != 0 else [],
            "choices": None
            if action.choices is None
            else [str(choice) for choice in action.choices],
            "metavar": action.metavar
            if isinstance(action.metavar, (str, list))
            else None,
        }


def engine_choices() -> Iterator[tuple[str, list[str]]]:
    """What the engine itself takes, later, of values that its parser lets through."""
    for flag, places in REGISTRIES.items():
        for module, name in places:
            with contextlib.suppress(ImportError, AttributeError):
                yield (
                    flag,
                    sorted(set(names(getattr(importlib.import_module(module), name)))),
                )
                break


def names(registry: Any) -> list[str]:
    """The names in a literal type, an enumeration, a mapping or list, or a manager of parsers."""
    if hasattr(registry, "list_registered"):
        return list(registry.list_registered())
    for table in ("tool_parsers", "reasoning_parsers"):
        if hasattr(registry, table):
            return list(getattr(registry, table))
    if isinstance(registry, type) and issubclass(registry, enum.Enum):
        return [str(member.value) for member in registry]
    return list(map(str, get_args(registry) or registry))


def plain(value: Any) -> Any:
    """A value as JSON; what is no JSON becomes the name of its type."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return (
        value
        if value is None or isinstance(value, (str, int, float))
        else f"<{type(value).__name__}>"
    )


def verdict(top: argparse.ArgumentParser, argv: list[str]) -> dict[str, Any]:
    """What was set, or the engine's text: behind `error: ` for the parser's own refusals."""
    stderr = io.StringIO()
    try:
        with (
            contextlib.redirect_stderr(stderr),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            given = vars(top.parse_args(["serve", *argv]))
    except SystemExit:
        text = stderr.getvalue().partition("error: ")[2]
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    else:
        return {
            "argv": argv,
            "set": {
                key: plain(value) for key, value in given.items() if key != "subparser"
            },
        }
    # Functions are named with their address, which is another one in each run.
    return {
        "argv": argv,
        "error": re.sub(r" at 0x[0-9a-f]+", "", " ".join(text.split()))[:120],
    }


def main() -> None:
    source, release = sys.argv[1:3]
    sys.path.insert(0, source)
    os.environ["VLLM_LOGGING_LEVEL"] = "CRITICAL"
    top, serve = build()
    found = list(options(serve))
    for action in serve._actions:
        action.default = (
            argparse.SUPPRESS
        )  # Only what an argument list gives is then in the result.
    verdicts = [verdict(top, argv) for argv in cases.argument_lists(found)]
    record = {
        "release": release,
        "options": found,
        "engine": dict(engine_choices()),
        "verdicts": verdicts,
    }
    json.dump(record, sys.stdout)


if __name__ == "__main__":
    main()
