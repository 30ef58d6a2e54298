"""plugin.yaml: only keys that every supported Helm accepts, and the same facts as the package."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SYSTEMS = ["linux", "darwin", "windows"]


def manifest(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def commands(entries: list[dict[str, str]]) -> list[str]:
    """Return the files that platformCommand starts; its only keys are os and command."""
    assert all(entry.keys() == {"os", "command"} for entry in entries)
    assert [entry["os"] for entry in entries] == SYSTEMS
    return [
        entry["command"].removeprefix("$HELM_PLUGIN_DIR").replace("\\", "/").lstrip("/")
        for entry in entries
    ]


def test_every_helm_accepts_its_keys() -> None:
    accepted = {
        "name",
        "version",
        "usage",
        "description",
        "ignoreFlags",
        "platformCommand",
    }
    assert manifest("plugin.yaml").keys() == accepted


@pytest.mark.parametrize("path", ["plugin.yaml", "ci/release/helm4/plugin.yaml"])
def test_plugin_and_package_have_the_same_version(path: str) -> None:
    package = re.search(
        r'^version = "(\d+\.\d+\.\d+)"$',
        (ROOT / "pyproject.toml").read_text(),
        re.MULTILINE,
    )
    assert package
    assert manifest(path)["version"] == package[1]
    assert manifest(path)["name"] == "llm"


@pytest.mark.parametrize("path", ["plugin.yaml", "ci/release/helm4/plugin.yaml"])
def test_the_commands_exist(path: str) -> None:
    tree = manifest(path)
    started = commands(tree.get("runtimeConfig", tree)["platformCommand"])
    assert started == ["bin/helm-llm", "bin/helm-llm", "bin/helm-llm.cmd"]
    assert all((ROOT / name).is_file() for name in started)
    assert (ROOT / "bin/helm-llm").stat().st_mode & 0o111 == 0o111


def test_the_windows_launcher_has_crlf_line_ends() -> None:
    text = (ROOT / "bin/helm-llm.cmd").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 0
    for label in re.findall(rb"goto (\w+)", text):
        assert b"\r\n:" + label + b"\r\n" in text


def test_the_environment_checks_the_declared_dependencies() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    block = re.search(
        r"^dependencies = \[\n(.*?)^\]", project, re.DOTALL | re.MULTILINE
    )
    assert block
    declared = [line.strip(' ",') for line in block[1].splitlines()]
    assert all(re.fullmatch(r"[\w-]+>=[\d.]+", requirement) for requirement in declared)
    checked = re.search(
        r"^MODULES = (\{.*\})$", (ROOT / "bin/environment.py").read_text(), re.MULTILINE
    )
    assert checked
    assert list(yaml.safe_load(checked[1])) == [
        requirement.partition(">=")[0] for requirement in declared
    ]
    locked = (ROOT / "requirements.lock").read_text().split()
    assert {pin.partition("==")[0] for pin in locked} >= {
        name.partition(">=")[0] for name in declared
    }
