"""Values as Helm merges them: a chart with one template that prints them."""

import base64
import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from helm_llm.set_option import SetOption

CHART_YAML = "apiVersion: v2\nname: dump\nversion: 0.1.0\n"
DUMP = "kind: Dump\nvalues: {{ .Values | toJson | b64enc }}\n"


@pytest.fixture(scope="session")
def helm_version(helm: str) -> tuple[int, int, int]:
    """The version of `helm`."""
    printed = subprocess.run(
        [helm, "version", "--template", "{{.Version}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.match(r"v(\d+)\.(\d+)\.(\d+)", printed.stdout)
    assert found, printed.stdout
    return int(found[1]), int(found[2]), int(found[3])


@pytest.fixture(scope="session")
def write_chart() -> Callable[[Path, Mapping[str, str]], Path]:
    """Write the files of a chart, with a default Chart.yaml and a template that prints values."""

    def write(directory: Path, files: Mapping[str, str]) -> Path:
        for name, text in {
            "Chart.yaml": CHART_YAML,
            "templates/dump.yaml": DUMP,
            **files,
        }.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return directory

    return write


@pytest.fixture(scope="session")
def helm_values() -> Callable[..., Any]:
    """`.Values` as this Helm merges them, None if it refuses them."""

    def values(
        helm: str,
        chart: Path,
        files: Sequence[Path] = (),
        options: Sequence[SetOption] = (),
    ) -> Any:
        words = [word for file in files for word in ("-f", str(file))]
        words += [word for option in options for word in (option.flag, option.text)]
        command = [
            helm,
            "template",
            "r",
            str(chart),
            "--kube-version",
            "1.34.0",
            *words,
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=chart)
        if done.returncode != 0:
            assert "Error: " in done.stderr, done.stderr
            return None
        dumped = re.search(r"^values: (\S+)$", done.stdout, re.MULTILINE)
        assert dumped, done.stdout
        return json.loads(base64.b64decode(dumped[1]))

    return values


@pytest.fixture(scope="session")
def same() -> Callable[[Any, Any], bool]:
    """Whether our values equal Helm's, which prints numbers above 2^53 with the digits of a float64."""

    def same(ours: Any, helms: Any) -> bool:
        if isinstance(ours, dict) and isinstance(helms, dict):
            return ours.keys() == helms.keys() and all(
                same(ours[key], helms[key]) for key in ours
            )
        if isinstance(ours, list) and isinstance(helms, list):
            return len(ours) == len(helms) and all(map(same, ours, helms))
        if isinstance(ours, float) and isinstance(helms, (int, float)):
            return ours == float(helms)
        return ours == helms and isinstance(ours, bool) == isinstance(helms, bool)

    return same
