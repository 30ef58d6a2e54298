"""What a page promises of its bad example happens: in Helm, in the recorded answers of vLLM, in the simulator.

tests/cluster/test_symptoms.py shows what happens in a cluster.
"""

import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.lint.rule import Confidence
from helm_llm.lint.rules import RULES
from tests import symptoms
from tests.rules.cases import BY_ID, HERE, example, rendered
from tests.simulator.engine import (
    PATIENCE,
    SIMULATOR,
    environment,
    free_port,
    launched,
    wait_until_it_listens,
)

RELEASE = "0.33.0"
STARTS = HERE.parent / "data" / f"vllm-starts-{RELEASE}.jsonl"
NO_SCHEMA = "--skip-schema-validation"

Container = dict[str, Any]


def test_every_certain_rule_has_a_symptom() -> None:
    certain = {rule.id for rule in RULES if rule.confidence is Confidence.CERTAIN}
    named = Counter(id for table in symptoms.TABLES for id in table)
    assert not certain - set(named), (
        "tests/symptoms.py has to say who shows what they promise"
    )
    assert not set(named) - certain, "no certain rules"
    assert set(named.values()) == {1}, "one table for each rule"
    for test in symptoms.OWN_TEST.values():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (HERE.parent / file).read_text("utf-8")


@pytest.mark.parametrize("id", symptoms.HELM)
def test_helm_stops(id: str, helm3: str, tmp_path: Path) -> None:
    text = symptoms.HELM[id]
    refused = rendered(helm3, example(BY_ID[id], "Bad", tmp_path))
    assert refused.returncode != 0
    assert re.search(text, refused.stderr), refused.stderr
    assert rendered(helm3, example(BY_ID[id], "Good", tmp_path)).returncode == 0


@pytest.mark.parametrize("id", symptoms.DROPPED)
def test_helm_drops_it_without_a_word(id: str, helm3: str, tmp_path: Path) -> None:
    text = symptoms.DROPPED[id]
    assert re.search(text, _manifests(helm3, id, "Good", tmp_path))
    assert not re.search(text, _manifests(helm3, id, "Bad", tmp_path))


def test_helm_4_reads_every_document(helm4: str, tmp_path: Path) -> None:
    assert re.search(
        symptoms.DROPPED["second-document"],
        _manifests(helm4, "second-document", "Bad", tmp_path),
    )


@pytest.mark.parametrize("id", symptoms.ALIKE)
def test_one_of_two_is_left_out(id: str, helm3: str, tmp_path: Path) -> None:
    assert _manifests(helm3, id, "Bad", tmp_path) == _manifests(
        helm3, id, "Good", tmp_path
    )


@pytest.mark.parametrize("id", symptoms.ENGINE)
def test_vllm_says_it(id: str, helm3: str, tmp_path: Path) -> None:
    text = symptoms.ENGINE[id]
    bad = _answer(_engine(helm3, id, "Bad", tmp_path))
    good = _answer(_engine(helm3, id, "Good", tmp_path))
    assert re.search(text, bad.get("error") or "\n".join(bad["warnings"])), bad
    assert "error" not in good
    assert not re.search(text, "\n".join(good["warnings"]))


@pytest.mark.parametrize("id", symptoms.SIMULATOR)
def test_the_simulator_says_it(id: str, helm3: str, tmp_path: Path) -> None:
    text = symptoms.SIMULATOR[id]
    argv, variables = _simulated(_engine(helm3, id, "Bad", tmp_path))
    ended = subprocess.run(
        argv, env=variables, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 1
    assert re.search(text, ended.stderr), ended.stderr
    argv, variables = _simulated(_engine(helm3, id, "Good", tmp_path))
    port = free_port()
    with launched(
        tmp_path / "log", [*argv, f"--port={port}"], variables, port=port
    ) as engine:
        wait_until_it_listens(engine)


def test_an_argument_moves_the_engine_to_another_port(
    helm3: str, tmp_path: Path
) -> None:
    container = _engine(helm3, "engine-port-differs-from-target", "Bad", tmp_path)
    assert container["ports"][0]["containerPort"] == 8000
    argv, variables = _simulated(container)
    served, moved = free_port(), free_port()
    free = {"--port=8000": f"--port={served}", "--port=9000": f"--port={moved}"}
    argv = [free.get(word, word) for word in argv]
    with launched(tmp_path / "log", argv, variables, port=moved) as engine:
        assert not replace(wait_until_it_listens(engine), port=served).accepts()
    container = _engine(helm3, "engine-port-differs-from-target", "Good", tmp_path)
    assert container["ports"][0]["containerPort"] == 9000


@pytest.mark.parametrize(("heading", "status"), [("Bad", 401), ("Good", 200)])
def test_a_probe_without_the_key_gets_401(
    heading: str, status: int, helm3: str, tmp_path: Path
) -> None:
    container = _engine(helm3, "probe-behind-api-key", heading, tmp_path)
    assert any(item["name"] == "VLLM_API_KEY" for item in container["env"])
    argv, variables = _simulated(container)
    port = free_port()
    with launched(
        tmp_path / "log",
        [*argv, f"--port={port}"],
        variables | {"VLLM_API_KEY": "k"},
        port=port,
    ) as engine:
        assert (
            wait_until_it_listens(engine)
            .get(container["readinessProbe"]["httpGet"]["path"])
            .status
            == status
        )


def _manifests(helm: str, id: str, heading: str, directory: Path) -> str:
    done = rendered(helm, example(BY_ID[id], heading, directory), NO_SCHEMA)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _engine(helm: str, id: str, heading: str, directory: Path) -> Container:
    objects = yaml.safe_load_all(_manifests(helm, id, heading, directory))
    (pod,) = (
        found["spec"]["template"]["spec"]
        for found in objects
        if found and found["kind"] == "Deployment"
    )
    container: Container = pod["containers"][0]
    return container


def _arguments(container: Container) -> list[str]:
    words = [*container["command"], *container["args"]]
    return words[words.index("serve") + 1 :]


def _variables(container: Container) -> dict[str, str]:
    return {item["name"]: item["value"] for item in container["env"] if "value" in item}


def _answer(container: Container) -> dict[str, Any]:
    """What the release of the image said of this start."""
    assert container["image"] == f"vllm/vllm-openai:v{RELEASE}"
    given = {
        name: value
        for name, value in _variables(container).items()
        if name.startswith("VLLM_")
    }
    question = {"argv": _arguments(container), "environment": given}
    for line in STARTS.read_text("utf-8").splitlines():
        answer: dict[str, Any] = json.loads(line)
        if question.items() <= answer.items():
            return answer
    pytest.fail(
        f"not recorded, ci/engines/real_start.py asks vLLM: {json.dumps(question)}"
    )


def _simulated(container: Container) -> tuple[list[str], dict[str, str]]:
    gpus = container.get("resources", {}).get("limits", {}).get("nvidia.com/gpu", 1)
    return [*SIMULATOR, "serve", *_arguments(container)], environment(
        _variables(container) | {"SIM_GPUS": str(gpus)}
    )
