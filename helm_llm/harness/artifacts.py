"""Files with everything that may explain a failure later, but without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from helm_llm import masking
from helm_llm.harness.helm_tests import test_logs
from helm_llm.harness.objects import safe_file_name
from helm_llm.harness.release import Release
from helm_llm.masking import clean
from helm_llm.masking.tree import conceal, secrets_of_tree
from helm_llm.typed import Object, mapping
from helm_llm.writing import make_directory, write_all


def save_artifacts(release: Release, directory: Path) -> None:
    """Write the objects, events and logs of a release to files."""
    evidence = release.watch().evidence()
    objects: dict[str, Sequence[Object]] = {
        "objects": release.objects,
        "pods": evidence.pods,
        "events": evidence.events,
        "claims": evidence.claims,
        "services": evidence.services,
        "nodes": evidence.nodes,
    }
    # Logs may repeat secrets that only the objects show to be secret.
    masking.learn(lambda: secrets_of_tree(objects))
    logs = dict(test_logs(release))
    for (pod, container), log in evidence.logs.items():
        logs.setdefault(f"{pod}.{container}", log)
    files: list[tuple[Path, str]] = []
    for name, values in objects.items():
        files.append((directory / f"{name}.json", _json(values)))
    for name, log in logs.items():
        files.append((directory / safe_file_name(f"{name}.log"), clean(log)))
    make_directory(directory)
    write_all(files)


def _json(values: Sequence[Object]) -> str:
    without_secrets = [_hide_secret_data(value) for value in values]
    return json.dumps(_mask(conceal(without_secrets)), indent=2) + "\n"


def _mask(value: object) -> object:
    """Mask all texts in a tree; JSON would escape them, so this comes before it."""
    if isinstance(value, Mapping):
        return {clean(str(key)): _mask(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(child) for child in value]
    if isinstance(value, str):
        return clean(value)
    return value


def _hide_secret_data(value: Object) -> Object:
    # Masking hides only secrets that it has learned. Here every value is one.
    if value.get("kind") != "Secret":
        return value
    hidden = dict(value)
    for key in ("data", "stringData"):
        if key in value:
            hidden[key] = dict.fromkeys(mapping(value, key), "***")
    return hidden
