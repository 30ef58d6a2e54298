"""Print as JSON what the argument parser of a vLLM release accepts.

    python real_parser.py SOURCE RELEASE

Run it in the Python environment of that release (record.py). SOURCE is an unpacked source
distribution, the directory that contains the package `vllm`. No compiled extension is
necessary, because vLLM's CPU platform is selected before anything else is imported. Nothing
in vLLM is stubbed.
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
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import cases
from vllm_record import SAMPLES, Option, Record, Verdict

ARGUMENT_MODULES = (
    "common.cli_args",
    "launchers.cli_args",
    "serve.cli_args",
    "openai.cli_args",
)
"""The modules below vllm.entrypoints that have defined the parser, newest first."""
PARSER_MODULES = ("vllm.utils.argparse_utils", "vllm.utils")

LOADER = "vllm.model_executor.model_loader"
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
        (LOADER, "_LOAD_FORMAT_TO_MODEL_LOADER"),
        (LOADER, "LoadFormats"),
        ("vllm.config.load", "LoadFormat"),
        ("vllm.config", "LoadFormat"),
    ),
}
"""Flag -> the objects that have listed the values which the engine knows, newest first."""


def import_first(modules: Sequence[str], name: str) -> Any:
    """Return the object from the first module that defines it."""
    for module in modules:
        found = getattr(import_if_present(module), name, None)
        if found is not None:
            return found
    raise ImportError(f"none of {', '.join(modules)} defines {name}")


def import_if_present(module: str) -> object:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Other releases have other modules. A missing dependency is an error of record.py.
        if not str(error.name).startswith("vllm"):
            raise
        return None


def select_cpu() -> None:
    platforms = importlib.import_module("vllm.platforms")
    cpu = importlib.import_module("vllm.platforms.cpu")
    platforms._current_platform = cpu.CpuPlatform()  # type: ignore[attr-defined]


def build_parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Return the parser of `vllm`, and the one of its subcommand `serve`."""
    select_cpu()
    top = import_first(PARSER_MODULES, "FlexibleArgumentParser")(prog="vllm")
    commands = top.add_subparsers(dest="subparser")
    serve = commands.add_parser("serve", prog="vllm serve")
    modules = [f"vllm.entrypoints.{module}" for module in ARGUMENT_MODULES]
    import_first(modules, "make_arg_parser")(serve)
    if all(action.dest != "model_tag" for action in serve._actions):
        # Until 0.9 the subcommand itself adds the model and a few options.
        del commands._name_parser_map["serve"]
        module = importlib.import_module("vllm.entrypoints.cli.serve")
        serve = module.ServeSubcommand().subparser_init(commands)
    return top, serve


def serve_options(serve: argparse.ArgumentParser) -> Iterator[Option]:
    by_action = flags_by_action(serve)
    for action in serve._actions:
        flags = by_action.get(id(action))
        if action.dest == "help" or not flags:
            continue
        has_metavar = isinstance(action.metavar, (str, list))
        yield {
            "flags": flags,
            "negative": sorted(getattr(action, "negative_option_strings", ())),
            "action": type(action).__name__,
            "nargs": action.nargs,
            "type": type_name(action),
            "accepts": accepted_samples(action),
            "choices": choice_texts(action),
            "metavar": action.metavar if has_metavar else None,  # type: ignore[typeddict-item]
        }


def flags_by_action(serve: argparse.ArgumentParser) -> dict[int, list[str]]:
    """Return all spellings of each action.

    New releases hide some spellings from the help and from `option_strings`.
    """
    flags: dict[int, list[str]] = {}
    for flag, action in serve._option_string_actions.items():
        flags.setdefault(id(action), []).append(flag)
    return flags


def type_name(action: argparse.Action) -> str | None:
    if action.type is None:
        return None
    return getattr(action.type, "__name__", str(action.type))


def accepted_samples(action: argparse.Action) -> list[str]:
    """Return the sample words that the type of an option accepts."""
    parse: Any = action.type
    if action.nargs == 0:
        return []
    if parse is None:
        return list(SAMPLES)
    accepted = []
    for sample in SAMPLES:
        with contextlib.suppress(Exception):
            parse(sample)
            accepted.append(sample)
    return accepted


def choice_texts(action: argparse.Action) -> list[str] | None:
    if action.choices is None:
        return None
    return [str(choice) for choice in action.choices]


def engine_choices() -> Iterator[tuple[str, list[str]]]:
    """Yield the values that the engine accepts later, where its parser accepts any text."""
    for flag, places in REGISTRIES.items():
        for module, name in places:
            with contextlib.suppress(ImportError, AttributeError):
                registry = getattr(importlib.import_module(module), name)
                yield flag, sorted(set(registered_names(registry)))
                break


def registered_names(registry: Any) -> list[str]:
    """Return the names in a literal type, enumeration, mapping, list or manager of parsers."""
    if hasattr(registry, "list_registered"):
        return list(registry.list_registered())
    for table in ("tool_parsers", "reasoning_parsers"):
        if hasattr(registry, table):
            return list(getattr(registry, table))
    if isinstance(registry, type) and issubclass(registry, enum.Enum):
        return [str(member.value) for member in registry]
    return list(map(str, get_args(registry) or registry))


def plain_value(value: object) -> object:
    """Return a value as JSON can hold it; other objects become the name of their type."""
    if isinstance(value, enum.Enum):
        return plain_value(value.value)
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if value is None or isinstance(value, (str, int, float)):
        return value
    return f"<{type(value).__name__}>"


def parse_list(top: argparse.ArgumentParser, argv: list[str]) -> Verdict:
    """Return what an argument list sets, or the text of its refusal."""
    stderr = io.StringIO()
    ignored = contextlib.redirect_stdout(io.StringIO())
    try:
        with ignored, contextlib.redirect_stderr(stderr):
            arguments = vars(top.parse_args(["serve", *argv]))
    except SystemExit:
        error = stderr.getvalue().partition("error: ")[2]
    except Exception as exception:
        error = f"{type(exception).__name__}: {exception}"
    else:
        arguments.pop("subparser", None)
        values = {key: plain_value(value) for key, value in arguments.items()}
        return {"argv": argv, "set": values}
    # The address of a function differs from run to run.
    text = re.sub(r" at 0x[0-9a-f]+", "", " ".join(error.split()))
    return {"argv": argv, "error": text[:120]}


def main() -> None:
    source, release = sys.argv[1:3]
    sys.path.insert(0, source)
    os.environ["VLLM_LOGGING_LEVEL"] = "CRITICAL"
    top, serve = build_parsers()
    options = list(serve_options(serve))
    for action in serve._actions:
        # Without defaults the result contains only what an argument list sets.
        action.default = argparse.SUPPRESS
    record: Record = {
        "release": release,
        "options": options,
        "engine": dict(engine_choices()),
        "verdicts": [parse_list(top, argv) for argv in cases.argument_lists(options)],
    }
    json.dump(record, sys.stdout)


if __name__ == "__main__":
    main()
