"""Everything a failure may need later, in files; never the content of a Secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helm_llm.harness import hooks
from helm_llm.harness.paths import file_name, mapping
from helm_llm.harness.release import Release

Object = Mapping[str, Any]


def keep(release: Release, directory: Path) -> None:
    """Write objects, events and logs of a release."""
    directory.mkdir(parents=True, exist_ok=True)
    evidence = release.watch().evidence()
    _write(directory / "objects.json", [_without_secrets(value) for value in release.objects])
    for name in ("pods", "events", "claims", "services", "nodes"):
        _write(directory / f"{name}.json", getattr(evidence, name))
    for (pod, container), text in evidence.logs.items():
        (directory / file_name(f"{pod}.{container}.log")).write_text(text, "utf-8")
    for pod, text in hooks.logs(release):
        (directory / file_name(f"{pod}.log")).write_text(text, "utf-8")


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def _without_secrets(value: Object) -> Object:
    hidden = {key: dict.fromkeys(mapping(value, key), "***") for key in ("data", "stringData") if key in value}
    return {**value, **hidden} if value.get("kind") == "Secret" else value
