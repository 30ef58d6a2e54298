"""Everything a failure may need later, in files; never the content of a Secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helm_llm import masking
from helm_llm.harness import helm_tests
from helm_llm.harness.objects import file_name
from helm_llm.harness.release import Release
from helm_llm.masking import clean
from helm_llm.masking.tree import concealed, secrets_of_tree
from helm_llm.typed import mapping
from helm_llm.writing import make_directory, write_all

Object = Mapping[str, Any]

_KINDS = "pods", "events", "claims", "services", "nodes"


def keep(release: Release, directory: Path) -> None:
    """Write objects, events and logs of a release."""
    evidence = release.watch().evidence()
    objects = {
        "objects": release.objects,
        **{name: getattr(evidence, name) for name in _KINDS},
    }
    masking.learn(lambda: secrets_of_tree(objects))
    logs = {
        f"{pod}.{container}": text for (pod, container), text in evidence.logs.items()
    }
    logs |= dict(helm_tests.logs(release))
    make_directory(directory)
    write_all(
        [
            *(
                (directory / f"{name}.json", _json(values))
                for name, values in objects.items()
            ),
            *(
                (directory / file_name(f"{name}.log"), clean(text))
                for name, text in logs.items()
            ),
        ]
    )


def _json(values: Any) -> str:
    return (
        json.dumps(
            _shown(concealed([_without_secrets(value) for value in values])), indent=2
        )
        + "\n"
    )


def _shown(value: Any) -> Any:
    """Texts are masked before JSON escapes them."""
    if isinstance(value, Mapping):
        return {clean(str(key)): _shown(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(child) for child in value]
    if isinstance(value, str):
        return clean(value)
    return value


def _without_secrets(value: Object) -> Object:
    hidden = {
        key: dict.fromkeys(mapping(value, key), "***")
        for key in ("data", "stringData")
        if key in value
    }
    return {**value, **hidden} if value.get("kind") == "Secret" else value
