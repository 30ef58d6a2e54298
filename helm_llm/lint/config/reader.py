"""Configuration file -> Config; an error in it is a UsageError at its line and column."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from glob import has_magic
from pathlib import Path
from typing import Any

from helm_llm import inputs, json_text
from helm_llm.errors import UsageError
from helm_llm.facts import Facts
from helm_llm.json_text import NotJson
from helm_llm.keypath import KeyPath
from helm_llm.lint.config.config import Config
from helm_llm.lint.config.file import ConfigFile, read_config_file
from helm_llm.lint.targets.directories import files_matching
from helm_llm.lint.targets.pull import is_remote
from helm_llm.lint.targets.target import Target, find_targets
from helm_llm.set_option import SetFlag, SetOption

Map = Mapping[str, Any]


def read_config(name: str) -> Config:
    """The configuration in this file."""
    file = read_config_file(name)
    given = file.tree
    baseline = None
    if "baseline" in given:
        baseline = _confined(file, given["baseline"], ("baseline",))
    return Config(
        targets=tuple(_targets(file)),
        facts=_facts(file, given.get("facts", {})),
        select=tuple(given.get("select", ())),
        ignore=tuple(given.get("ignore", ())),
        severity=given.get("severity", {}),
        fail_on=given.get("failOn"),
        baseline=baseline,
        place=file.place,
    )


def _targets(file: ConfigFile) -> Iterator[Target]:
    for index, given in enumerate(file.tree.get("targets", ())):
        path: KeyPath = ("targets", index)
        files = list(_values_files(file, path, given.get("values", ())))
        each = [file.resolve_path(pattern) for pattern in given.get("each", ())]
        with file.located(path):
            chart = _chart(file, given["chart"])
            found = find_targets([chart], files, list(_set_options(given)), each)
        for target in found:
            for name in target.files:
                file.confine(name, path)
            if not is_remote(target.chart):
                file.confine(target.chart, path)
            yield replace(
                target,
                release=given.get("releaseName", ""),
                arguments=tuple(_render_arguments(given)),
                version=given.get("version", ""),
            )


def _confined(file: ConfigFile, name: str, path: KeyPath) -> str:
    return file.confine(file.resolve_path(name), path)


def _chart(file: ConfigFile, reference: str) -> str:
    """The path of a local chart, or the reference as it is given."""
    resolved = file.resolve_path(reference)
    if reference.startswith(".") or Path(resolved).exists():
        return resolved
    return reference


def _values_files(
    file: ConfigFile, target: KeyPath, patterns: list[str]
) -> Iterator[str]:
    for index, pattern in enumerate(patterns):
        resolved = file.resolve_path(pattern)
        found = files_matching(resolved) if has_magic(resolved) else [resolved]
        if not any(map(os.path.lexists, found)):
            place = file.place((*target, "values", index))
            raise UsageError(f"{place}there is no file {pattern}")
        yield from found


_SET_FLAGS: dict[str, SetFlag] = {
    "setJson": "--set-json",
    "set": "--set",
    "setString": "--set-string",
    "setLiteral": "--set-literal",
}
_RENDER_FLAGS = {"namespace": "--namespace", "kubeVersion": "--kube-version"}


def _set_options(given: Map) -> Iterator[SetOption]:
    for key, flag in _SET_FLAGS.items():
        for text in given.get(key, ()):
            yield SetOption(flag, text)


def _render_arguments(given: Map) -> Iterator[str]:
    for key, flag in _RENDER_FLAGS.items():
        if key in given:
            yield f"{flag}={given[key]}"
    for version in given.get("apiVersions", ()):
        yield f"--api-versions={version}"


def _facts(file: ConfigFile, given: Map) -> Facts:
    model_config = None
    if "modelConfig" in given:
        model_config = _read_model_config(file, given["modelConfig"])
    return Facts(
        nodes=given.get("nodes"),
        gpu=given.get("gpu"),
        pod_security=given.get("podSecurity"),
        kserve=given.get("kserve"),
        vllm=given.get("vllm"),
        model_config=model_config,
    )


def _read_model_config(file: ConfigFile, name: str) -> Map:
    path: KeyPath = ("facts", "modelConfig")
    confined = _confined(file, name, path)
    with file.located(path):
        return _parse_model_config(inputs.read(confined, "the model config"), name)


def _parse_model_config(data: bytes, name: str) -> Map:
    try:
        content = json_text.parse(data.decode("utf-8"))
    except NotJson as error:
        raise UsageError(f"{name}{error.place}: {error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not UTF-8: {error.reason} at byte {error.start}"
        ) from None
    if not isinstance(content, dict):
        raise UsageError(
            f"{name} is not a JSON object, as the config.json of a model is"
        )
    return content
