"""The simulator accepts the command line of every scenario of the charts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from helm_llm.simulator import arguments
from helm_llm.simulator.personality import choose_personality
from helm_llm.simulator.settings import read_settings
from tests.simulator.engine import ROOT

SCENARIOS = sorted((ROOT / "charts" / "vllm" / "ci").glob("*-values.yaml"))


@pytest.mark.parametrize(
    "values", SCENARIOS, ids=lambda path: path.stem.removesuffix("-values")
)
def test_the_command_line_of_every_scenario_is_taken(helm4: str, values: Path) -> None:
    argv = [
        helm4,
        "template",
        "r",
        str(ROOT / "charts" / "vllm"),
        "-f",
        str(values),
        "--kube-version=1.34.0",
    ]
    rendered = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    (pod,) = (
        each["spec"]["template"]["spec"]
        for each in yaml.safe_load_all(rendered)
        if each["kind"] == "Deployment"
    )
    server = next(each for each in pod["containers"] if each["name"] == "vllm")
    words = [*server["command"], *server["args"]]
    words = words[words.index("serve") + 1 :]
    vllm = choose_personality("vllm", {})
    release = arguments.choose_vllm_release(
        {"SIM_VLLM_VERSION": server["image"].rpartition(":")[2]}
    )
    given = read_settings(
        vllm, release, arguments.parse_arguments(vllm, release, words), {}
    )
    assert given.model == words[0]
    assert given.port == next(
        port["containerPort"] for port in server["ports"] if port["name"] == "http"
    )


AIDAPTIV = ROOT / "charts" / "aidaptivcache"


@pytest.mark.parametrize(
    "values",
    sorted((AIDAPTIV / "ci").glob("*-values.yaml")),
    ids=lambda path: path.stem,
)
def test_the_relative_takes_the_command_line_of_every_scenario(
    helm4: str, values: Path
) -> None:
    argv = [
        helm4,
        "template",
        "r",
        str(AIDAPTIV),
        "-f",
        str(values),
        "--kube-version=1.34.0",
    ]
    rendered = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    (pod,) = (
        each["spec"]["template"]["spec"]
        for each in yaml.safe_load_all(rendered)
        if each["kind"] == "Deployment"
    )
    (server,) = pod["containers"]
    relative, release = (
        choose_personality("aidaptivcache", {}),
        arguments.choose_vllm_release({}),
    )
    given = read_settings(
        relative,
        release,
        arguments.parse_arguments(relative, release, server["args"][1:]),
        {},
    )
    assert given.model == server["args"][2]
    assert given.port == server["ports"][0]["containerPort"]
