"""Rendered objects whose parts have any type: no rule, and nothing that `helm llm test` reads, fails on them."""

import json
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_llm.facts import Facts
from helm_llm.harness.own_pods import belongs_to
from helm_llm.harness.ready import default_time_limit
from helm_llm.harness.scenario import prerequisites
from helm_llm.harness.simulate import extended_resources, gpus_per_pod
from helm_llm.keypath import KeyPath
from helm_llm.lint.resolve import resolve
from helm_llm.lint.rule import Subject
from helm_llm.lint.rules import RULES
from helm_llm.manifests.manifests import Manifests
from helm_llm.serving.rendered.objects import rendered_objects
from helm_llm.serving.rendered.spec import specs
from helm_llm.serving.spec.source import Source
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import Values, layer

ROOT = Path(__file__).parents[2]
RENDERS = (
    *(
        (f"tests/other_charts/{path.parent.name}", "bad.yaml")
        for path in sorted(ROOT.glob("tests/other_charts/*/Chart.yaml"))
    ),
    ("charts/vllm", "ci/autoscaling-values.yaml"),
    ("charts/vllm", "ci/ingress-values.yaml"),
    ("charts/nim-llm", "ci/lws-values.yaml"),
    ("charts/nim-llm", "ci/mpijob-values.yaml"),
    ("charts/kserve-vllm", "ci/multi-node-values.yaml"),
    ("charts/aidaptivcache", "ci/default-values.yaml"),
)
ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        [],
        {},
        0,
        -1,
        1.5,
        True,
        10**30,
        1e300,
        "text",
        "1e+999",
        "9" * 5000,
        "$(X)",
        "/x",
    ),
    *([[[]]], ["text"], [None], [{}], {"a": None}, {"name": []}),
)
FACTS = Facts(pod_security="restricted")


def look(text: str, values: Values) -> None:
    """All that lint and the harness make of rendered objects."""
    manifests = Manifests(text, None, FACTS, values.tree)
    assert manifests.error is None
    for found in specs(rendered_objects(values, manifests.sourced), FACTS):
        run(Subject.SERVING_SPEC, found, found.values)
    run(Subject.MANIFESTS, manifests, values)
    objects = manifests.objects
    for part in (prerequisites, gpus_per_pod, extended_resources, default_time_limit):
        part(objects)
    belongs_to({"metadata": {"labels": {"a": "b"}}}, "r", objects)


def run(subject: Subject, looked_at: Any, values: Source) -> None:
    for rule in RULES:
        if rule.subject is subject:
            for problem in rule.check(looked_at):
                resolve(rule, problem, values)


def paths(tree: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    items: Any = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, value in items:
        yield from paths(value, (*path, key))


def changed(tree: Any, path: KeyPath, value: Any) -> Any:
    if not path:
        return value
    copy: Any = (
        list(tree) if isinstance(tree, list) else {path[0]: None, **(tree or {})}
    )
    copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


def written(objects: Any) -> str:
    return "".join(f"---\n{json.dumps(found)}\n" for found in objects)


@pytest.mark.parametrize(("chart", "file"), RENDERS)
def test_no_type_of_a_rendered_part_fails(chart: str, file: str, helm3: str) -> None:
    command = [
        helm3,
        "template",
        "r",
        str(ROOT / chart),
        "--values",
        str(ROOT / chart / file),
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    objects = Manifests(printed).objects
    values = layer(load_chart(str(ROOT / chart)), [], [])
    draw = random.Random(f"{chart} {file}")
    for _ in range(25):
        index = draw.randrange(len(objects))
        path, value = draw.choice(list(paths(objects[index]))), draw.choice(ODD)
        several = [
            *objects[:index],
            changed(objects[index], path, value),
            *objects[index + 1 :],
        ]
        listed = draw.random() < 0.2
        look(
            written([{"kind": "List", "items": several}] if listed else several), values
        )


POD: dict[str, Any] = {
    "containers": [
        {"name": "c", "image": "vllm/vllm-openai:v0.20.0", "args": ["Qwen/Qwen3-8B"]}
    ],
    "volumes": [{"name": "v", "emptyDir": {}}],
}
TEMPLATE: dict[str, Any] = {"metadata": {"labels": {"a": "b"}}, "spec": POD}
OBJECTS: tuple[dict[str, Any], ...] = (
    {"kind": "Deployment", "metadata": {"name": "d"}, "spec": {"template": TEMPLATE}},
    {
        "kind": "Service",
        "metadata": {"name": "vllm"},
        "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]},
    },
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("securityContext",), "text"),
        (("volumes",), {"a": "b"}),
        (("volumes", 0, "name"), 5),
        (("volumes", 0, "name"), ["v"]),
        (("volumes", 0), "v"),
        (("containers",), None),
        (("containers",), {"c": {}}),
        (("containers", 0), "c"),
        (("containers", 0, "name"), {}),
        (("containers", 0, "image"), 5),
        (("containers", 0, "args"), [1, True, None, 1e300, {}, [], "1e+999"]),
        (("containers", 0, "args"), "--model=x"),
        (("containers", 0, "command"), [["sh"]]),
        (
            ("containers", 0, "env"),
            [
                "A=b",
                None,
                {"name": []},
                {"name": "A", "value": {}},
                {"name": "B", "valueFrom": 5},
            ],
        ),
        (("containers", 0, "envFrom"), ["x", {"secretRef": "x"}]),
        (("containers", 0, "ports"), "8000"),
        (
            ("containers", 0, "ports"),
            [8000, {"containerPort": "x", "name": []}, {"hostPort": {}}],
        ),
        (("containers", 0, "resources"), [1]),
        (
            ("containers", 0, "resources"),
            {"limits": {"nvidia.com/gpu": [], "memory": {}, "cpu": True}},
        ),
        (
            ("containers", 0, "securityContext"),
            {"capabilities": {"add": [[], 5, "SYS_ADMIN"], "drop": "ALL"}},
        ),
        (
            ("containers", 0, "startupProbe"),
            {"httpGet": "x", "periodSeconds": "10", "failureThreshold": 1e300},
        ),
        (("containers", 0, "volumeMounts"), {"v": "/x"}),
        (("initContainers",), [None, "x", {"image": []}]),
        (("imagePullSecrets",), "s"),
        (("imagePullSecrets",), ["s", {}, {"name": 5}]),
        (("tolerations",), {"key": "x"}),
        (("nodeSelector",), ["x"]),
        (("runtimeClassName",), []),
    ],
)
def test_a_wrong_type_in_a_pod_is_as_if_nothing_were_there(
    path: KeyPath, value: Any
) -> None:
    values = layer(
        load_chart(str(ROOT / "tests" / "other_charts" / "model-deployments")), [], []
    )
    look(
        written(
            [
                changed(OBJECTS[0], ("spec", "template", "spec", *path), value),
                OBJECTS[1],
            ]
        ),
        values,
    )


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("MPIJob", {"mpiReplicaSpecs": [TEMPLATE]}),
        ("MPIJob", {"mpiReplicaSpecs": {"Launcher": None, "Worker": "x"}}),
        (
            "LeaderWorkerSet",
            {"leaderWorkerTemplate": {"workerTemplate": [], "size": "4"}},
        ),
        (
            "InferenceService",
            {"predictor": {"model": "x", "workerSpec": [1], "minReplicas": {}}},
        ),
        (
            "StatefulSet",
            {
                "template": TEMPLATE,
                "replicas": "two",
                "volumeClaimTemplates": ["x", {"metadata": "x"}],
            },
        ),
        ("RayService", {"serveConfigV2": {"llm": 1}, "rayClusterConfig": "x"}),
        ("NIMService", {"image": "x", "storage": [], "env": "x", "replicas": []}),
        (
            "Ingress",
            {
                "rules": [
                    {
                        "http": {
                            "paths": [
                                {"backend": {"service": {"name": 5, "port": "x"}}}
                            ]
                        }
                    }
                ]
            },
        ),
        ("HorizontalPodAutoscaler", {"scaleTargetRef": {"kind": [], "name": {}}}),
        ("Service", {"selector": {"a": []}, "ports": {"port": 80}}),
    ],
)
def test_a_wrong_type_in_another_object_is_as_if_nothing_were_there(
    kind: str, spec: Any
) -> None:
    values = layer(
        load_chart(str(ROOT / "tests" / "other_charts" / "model-deployments")), [], []
    )
    for metadata in ({"name": "x", "labels": ["llm"]}, {"name": 5}, "x", None):
        look(
            written([*OBJECTS, {"kind": kind, "metadata": metadata, "spec": spec}]),
            values,
        )
        look(
            written(
                [
                    {
                        "kind": "List",
                        "items": [
                            {"kind": kind, "metadata": metadata, "spec": spec},
                            None,
                        ],
                    }
                ]
            ),
            values,
        )


def test_many_objects_take_a_time_that_grows_with_their_number() -> None:
    values = layer(
        load_chart(str(ROOT / "tests" / "other_charts" / "model-deployments")), [], []
    )
    deployment, service = OBJECTS
    objects: list[Any] = []
    for number in range(3000):
        name, labels = f"d{number}-x", {"a": f"b{number}"}
        volumes = [{"name": "v", "configMap": {"name": f"{name}-map"}}]
        pod = {"metadata": {"labels": labels}, "spec": POD | {"volumes": volumes}}
        objects.append(
            changed(
                changed(deployment, ("metadata", "name"), name),
                ("spec", "template"),
                pod,
            )
        )
        objects.append(
            changed(
                changed(service, ("metadata", "name"), name),
                ("spec", "selector"),
                labels,
            )
        )
    manifests = Manifests(written(objects), None, FACTS, values.tree)
    started = time.process_time()
    run(Subject.MANIFESTS, manifests, values)
    assert time.process_time() - started < 15
