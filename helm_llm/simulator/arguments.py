"""The words behind the name of the engine -> its options, by the flag tables that lint uses too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from helm_llm.engines import release as releases
from helm_llm.engines.parser import Given, Parsed
from helm_llm.engines.parser import parse as parse_words
from helm_llm.engines.table import Table, load
from helm_llm.engines.table import releases as known
from helm_llm.engines.table import table as table_of
from helm_llm.engines.value import resolved
from helm_llm.simulator import config_file
from helm_llm.simulator.failure import BadSetting, StartFailed
from helm_llm.simulator.log import say
from helm_llm.simulator.overlay import overlaid
from helm_llm.simulator.personality import Personality
from helm_llm.simulator.refusal import SERVE, error, is_surplus, refusal

_MODEL = re.compile(r"--model(?:=.+)?", re.DOTALL)
_SERVED_NAME = re.compile(r"--served[-_]model[-_]name(?:=.+)?", re.DOTALL)
_ADVICE = "With `vllm serve`, you should provide the model as a positional argument or in a config file"
_NO_MODEL = """\
ValueError: `model` should be provided as the first positional argument when using `vllm serve`. i.e. `vllm serve \
<model> --<arg> <value>`."""


def release(environ: Mapping[str, str]) -> str:
    """The version to answer like: the one asked for, else the newest there is a table of."""
    wanted = environ.get("SIM_VLLM_VERSION")
    if not wanted:
        return releases.release_text(known()[-1])
    number = releases.release(wanted)
    if not number or not table_of(number):
        tables = ", ".join(map(releases.release_text, known()))
        raise BadSetting(
            f"SIM_VLLM_VERSION={wanted}: there is no table of its options; there are {tables}"
        )
    return releases.release_text(number)


def overview(personality: Personality, version: str) -> str:
    """All options, a line each."""
    options = dict.fromkeys(_table(personality, version).options.values())
    return "\n".join(
        ["options:", *(f"  {', '.join(option.flags)}" for option in options)]
    )


def parse(
    personality: Personality, version: str, words: Sequence[str], program: str = SERVE
) -> dict[str, Any]:
    """Options by their long names without dashes, given ones only; raises StartFailed as the engine would."""
    table = _table(personality, version)
    if program == SERVE and personality.dialect == "vllm":
        words = _with_leading_model(words, table)
    model, words = _without_model(_with_config_file(words, table), program)
    # Behind a word that stands for the model, every word that belongs to no option is surplus: the first is the model.
    words = ["model_tag", *words]
    parsed = parse_words(words, table)
    surplus = [each for each in parsed.refused if is_surplus(each, words, table)]
    refused = [each for each in parsed.refused if each not in surplus[:1]]
    if refused:
        raise refusal(refused, words, table, program)
    if surplus and program == SERVE:
        model = words[surplus[0].index]
    options = ({"model": model} if model else {}) | _options(parsed, program)
    _check(options)
    return options


def _table(personality: Personality, version: str) -> Table:
    number = releases.release(version)
    found = table_of(number) if number else None
    return overlaid(found or load(known()[-1]), personality)


def _with_leading_model(words: Sequence[str], table: Table) -> Sequence[str]:
    """`vllm serve --model X` becomes `vllm serve X`; a name for a model that is not named is an error."""
    if not table.moves_model and "--model" in words:
        raise StartFailed(f"ValueError: {_ADVICE} instead of via the `--model` option.")
    if table.moves_model and any(map(_MODEL.fullmatch, words)):
        say(f"WARNING: {_ADVICE}.")
        model, others = _without_model(words, SERVE)
        return [model, *others]
    named = any(map(_SERVED_NAME.fullmatch, words)) and not any(
        word.startswith("--config") for word in words
    )
    if words and words[0].startswith("-") and named:
        raise StartFailed(_NO_MODEL)
    return words


def _without_model(words: Sequence[str], program: str) -> tuple[str, Sequence[str]]:
    """What `--model` says, in a file or to the module; and the other words."""
    at = next((at for at, word in enumerate(words) if _MODEL.fullmatch(word)), None)
    if at is None:
        return "", words
    _, equals, model = words[at].partition("=")
    behind = at + 1 if equals else at + 2
    if not equals and (behind > len(words) or words[at + 1].startswith("-")):
        raise error(program, "argument --model: expected one argument")
    later, others = _without_model(words[behind:], program)
    return later or model or words[at + 1], [*words[:at], *others]


def _with_config_file(words: Sequence[str], table: Table) -> Sequence[str]:
    """The file's words stand before the user's, so that these win."""
    if "--config" not in words:
        return words
    at = list(words).index("--config")
    if at == len(words) - 1:
        raise StartFailed(
            "ValueError: No config file specified! Please check your command-line arguments."
        )
    told = config_file.words(words[at + 1], table.options)
    own = [*words[:at], *words[at + 2 :]]
    if own and not own[0].startswith("-"):
        return [own[0], *told, *own[1:]]
    return [*told, *own]


def _options(parsed: Parsed, program: str) -> dict[str, Any]:
    return {
        each.option.name.removeprefix("--"): _meaning(each, program)
        for each in parsed.given
    }


def _meaning(given: Given, program: str) -> Any:
    option = given.option
    if option.is_switch:
        return given.on
    if option.name == "--lora-modules":
        return [_lora_module(word, program) for word in given.values if word]
    values = [resolved(option, word) for word in given.values]
    return (
        values if option.kind in ("list", "append") else values[0] if values else None
    )


def _lora_module(word: str, program: str) -> Mapping[str, Any]:
    if "=" in word and "," not in word:
        name, _, path = word.partition("=")
        return {"name": name, "path": path}
    try:
        module = json.loads(word)
    except ValueError:
        raise error(
            program, f"Invalid JSON format for --lora-modules: {word}"
        ) from None
    if not isinstance(module, dict) or not {"name", "path"} <= set(module):
        raise error(program, f"Invalid fields for --lora-modules: {word}")
    return module


def _check(options: Mapping[str, Any]) -> None:
    if options.get("enable-auto-tool-choice") and not options.get("tool-call-parser"):
        raise StartFailed(
            "TypeError: Error: --enable-auto-tool-choice requires --tool-call-parser"
        )
    for name in ("uds", "grpc"):
        if options.get(name):
            raise BadSetting(f"--{name} is not simulated: only HTTP on a port is")
