"""file -> Config; what is wrong in it is a UsageError at its line and column."""

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
from helm_llm.set_option import Option


def read_config(name: str) -> Config:
    """The configuration in this file."""
    file = read_config_file(name)
    given = file.tree
    return Config(
        targets=tuple(_targets(file)),
        facts=_facts(file, given.get("facts", {})),
        select=tuple(given.get("select", ())),
        ignore=tuple(given.get("ignore", ())),
        severity=given.get("severity", {}),
        fail_on=given.get("failOn"),
        baseline=_inside(file, given["baseline"], ("baseline",))
        if "baseline" in given
        else None,
        place=file.place,
    )


def _targets(file: ConfigFile) -> Iterator[Target]:
    for index, given in enumerate(file.tree.get("targets", ())):
        path: KeyPath = ("targets", index)
        files = tuple(_files(file, path, given.get("values", ())))
        each = [file.here(pattern) for pattern in given.get("each", ())]
        with file.placed(path):
            found = find_targets(
                [_chart(file, given["chart"])], files, tuple(_options(given)), each
            )
        for target in found:
            for name in target.files:
                file.inside(name, path)
            if not is_remote(target.chart):
                file.inside(target.chart, path)
            yield replace(
                target,
                release=given.get("releaseName", ""),
                arguments=tuple(_arguments(given)),
                version=given.get("version", ""),
            )


def _inside(file: ConfigFile, name: str, path: KeyPath) -> str:
    return file.inside(file.here(name), path)


def _chart(file: ConfigFile, reference: str) -> str:
    here = file.here(reference)
    return here if Path(here).exists() or reference.startswith(".") else reference


def _files(file: ConfigFile, target: KeyPath, patterns: list[str]) -> Iterator[str]:
    for index, pattern in enumerate(patterns):
        here = file.here(pattern)
        found = files_matching(here) if has_magic(here) else [here]
        if not any(map(os.path.lexists, found)):
            raise UsageError(
                f"{file.place((*target, 'values', index))}there is no file {pattern}"
            )
        yield from found


_FLAGS = {
    "setJson": "--set-json",
    "set": "--set",
    "setString": "--set-string",
    "setLiteral": "--set-literal",
}
_RENDERING = {"namespace": "--namespace", "kubeVersion": "--kube-version"}


def _options(given: Mapping[str, Any]) -> Iterator[Option]:
    for key, flag in _FLAGS.items():
        yield from (Option(flag, text) for text in given.get(key, ()))


def _arguments(given: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"{flag}={given[key]}" for key, flag in _RENDERING.items() if key in given
    )
    yield from (f"--api-versions={version}" for version in given.get("apiVersions", ()))


def _facts(file: ConfigFile, given: Mapping[str, Any]) -> Facts:
    return Facts(
        nodes=given.get("nodes"),
        gpu=given.get("gpu"),
        pod_security=given.get("podSecurity"),
        kserve=given.get("kserve"),
        vllm=given.get("vllm"),
        model_config=_model_config(file, given["modelConfig"])
        if "modelConfig" in given
        else None,
    )


def _model_config(file: ConfigFile, name: str) -> Mapping[str, Any]:
    path: KeyPath = ("facts", "modelConfig")
    here = _inside(file, name, path)
    with file.placed(path):
        return _model_config_in(inputs.read(here, "the model config"), name)


def _model_config_in(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        content = json_text.parse(data.decode("utf-8"))
    except NotJson as error:
        raise UsageError(f"{name}{error.place}: {error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not UTF-8: {error.reason} at byte {error.start}"
        ) from None
    if not isinstance(content, dict):
        raise UsageError(f"{name} holds no object, a model's config.json does")
    return content
