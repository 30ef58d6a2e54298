"""Which server a rendered container runs, and with which words."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.facts import Facts
from helm_llm.lint.rules.gpu.gpu_absent import gpu_absent
from helm_llm.lint.rules.shm.shared_memory_absent import shared_memory_absent
from helm_llm.manifests.manifests import Manifests
from helm_llm.serving.rendered import texts
from helm_llm.serving.rendered.objects import rendered_objects
from helm_llm.serving.rendered.spec import specs
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHART = Path(__file__).parents[1] / "other_charts" / "shell-script"
VLLM = "docker.io/vllm/vllm-openai:v0.20.0"
MODULE = "vllm.entrypoints.openai.api_server"


def served(*objects: dict[str, Any], facts: Facts | None = None) -> list[ServingSpec]:
    text = (
        "---\n# Source: any/templates/x.yaml\n"
        + "---\n# Source: any/templates/x.yaml\n".join(map(yaml.safe_dump, objects))
    )
    values = layer(load_chart(str(CHART)), [], [])
    return list(
        specs(rendered_objects(values, Manifests(text).sourced), facts or Facts())
    )


def deployment(container: dict[str, Any], **pod: Any) -> dict[str, Any]:
    spec = {
        "replicas": 2,
        "template": {"spec": {"containers": [{"name": "sidecar"}, container], **pod}},
    }
    return {"kind": "Deployment", "metadata": {"name": "llm"}, "spec": spec}


@pytest.mark.parametrize(
    ("image", "command", "args", "words"),
    [
        (VLLM, None, ["m", "--port=1"], ["m", "--port=1"]),
        ("mirror.example.org/vllm-openai:v1", None, ["m"], ["m"]),
        (VLLM, ["vllm", "serve"], ["m"], ["m"]),
        ("any", ["/opt/venv/bin/vllm", "serve", "m"], None, ["m"]),
        ("any", None, ["vllm", "serve", "m"], ["m"]),
        ("any", ["python3", "-m", MODULE], ["--model", "m"], ["--model", "m"]),
        ("any", ["sh", "-c", "vllm serve m --port 1"], None, ["m", "--port", "1"]),
        (
            "any",
            ["/bin/bash", "-lc"],
            ["exec vllm serve m \\\n  -tp 2"],
            ["m", "-tp", "2"],
        ),
        (
            "any",
            ["bash", "-c", "cd /x && vllm serve m -tp 2; echo done"],
            None,
            ["m", "-tp", "2"],
        ),
        ("any", ["bash", "-c", "vllm serve m > /log 2>&1"], None, ["m"]),
        ("any", ["bash", "-c", "vllm serve m 2>&1 | tee /log"], None, ["m"]),
        ("any", ["bash", "-c", "# start\nvllm serve m\nsleep 1"], None, ["m"]),
        (
            "any",
            ["bash", "-c", "vllm serve m --hf-overrides '{\"a\": 1}'"],
            None,
            ["m", "--hf-overrides", '{"a": 1}'],
        ),
        ("any", ["bash", "-c", "echo 'vllm serve m'"], None, None),
        ("any", ["bash", "-c", "echo 'unclosed"], None, None),
        ("any", ["ray", "start", "--head"], None, None),
        ("any", ["vllm", "bench", "serve"], None, None),
        (VLLM, ["sleep"], ["infinity"], None),
        ("docker.io/library/nginx:1", None, None, None),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8", None, None, []),
        ("nvcr.io/nvidia/k8s/dcgm-exporter:1", None, None, None),
    ],
)
def test_the_server_and_its_words(
    image: str,
    command: list[str] | None,
    args: list[str] | None,
    words: list[str] | None,
) -> None:
    container = {"image": image, "command": command, "args": args}
    found = served(
        deployment(
            {key: value for key, value in container.items() if value is not None}
        )
    )
    if words is None:
        assert found == []
        return
    (spec,) = found
    given = spec.command.words if spec.command else ()
    assert [word.value for word in given] == words
    for word in given:
        assert texts.text_at(spec.values.tree, word.path) == word.value


@pytest.mark.parametrize("word", ["$TP", "${TP}", "$(nproc)", "`nproc`"])
def test_what_a_shell_replaces_is_unknown(word: str) -> None:
    (spec,) = served(
        deployment({"image": VLLM, "command": ["sh", "-c", f"vllm serve m -tp {word}"]})
    )
    assert (spec.command, spec.ranks) == (None, None)


@pytest.mark.parametrize(
    ("script", "ranks"),
    [
        ("vllm serve $MODEL --port $PORT -tp 2", 2),
        ("vllm serve m --port=$PORT -tp 2", 2),
        ("vllm serve m -tp 2 $EXTRA_ARGS", None),
        ("vllm serve m $EXTRA_ARGS", None),
        ("vllm serve m --enforce-eager ${EXTRA_ARGS}", None),
        ("vllm serve m --port $(PORT) -tp 2", None),
        ("if test -d /m; then vllm serve /m -tp 2; else vllm serve m -tp 4; fi", None),
    ],
)
def test_ranks_are_known_where_no_variable_may_hold_more_arguments(
    script: str, ranks: int | None
) -> None:
    (spec,) = served(deployment({"image": VLLM, "command": ["sh", "-c", script]}))
    assert spec.ranks_per_pod == ranks


def test_what_the_kubelet_replaces_is_unknown() -> None:
    (spec,) = served(
        deployment({"image": VLLM, "args": ["m", "--tensor-parallel-size=$(GPUS)"]})
    )
    assert (spec.command, spec.ranks) == (None, None)


@pytest.mark.parametrize(
    ("args", "model"),
    [
        (["m"], "m"),
        (["--model", "m"], "m"),
        (["--model=m", "--port=1"], "m"),
        (["--port=1"], ""),
        (["--model"], ""),
    ],
)
def test_the_model(args: list[str], model: str) -> None:
    (spec,) = served(deployment({"image": VLLM, "args": args}))
    assert spec.model.name == model


@pytest.mark.parametrize(
    ("image", "facts", "known"),
    [
        (VLLM, Facts(), (0, 20, 0)),
        (f"{VLLM}@sha256:00", Facts(), None),
        ("ghcr.io/acme/vllm-openai:v0.20.0", Facts(), None),
        ("ghcr.io/acme/vllm-openai:v1", Facts(vllm="0.11.0"), (0, 11, 0)),
    ],
)
def test_the_release(image: str, facts: Facts, known: object) -> None:
    (spec,) = served(deployment({"image": image, "args": ["m"]}), facts=facts)
    assert spec.command
    assert spec.command.release == known


def test_a_claim_of_the_chart_and_one_that_is_there() -> None:
    mounted = {
        "image": VLLM,
        "args": ["m"],
        "volumeMounts": [{"name": "c", "mountPath": "/root/.cache/huggingface"}],
    }
    volumes = [{"name": "c", "persistentVolumeClaim": {"claimName": "models"}}]
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "models"}}
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    (theirs,) = served(deployment(mounted, volumes=volumes))
    (own,) = served(deployment(mounted, volumes=volumes), {**claim, "spec": spec})
    (either,) = served(
        deployment(mounted, volumes=volumes),
        {**claim, "spec": {"accessModes": ["ReadWriteOnce", "ReadWriteMany"]}},
    )
    assert [
        one.storage.shared_claim and one.storage.shared_claim.value
        for one in (theirs, own, either)
    ] == [
        None,
        "ReadWriteOnce",
        None,
    ]
    assert own.storage.claim_size
    assert own.storage.claim_size.path == (
        "PersistentVolumeClaim models",
        "spec",
        "resources",
        "requests",
        "storage",
    )


def test_kserve_takes_a_runtime_or_containers() -> None:
    predictor = {
        "model": {
            "runtime": "shared",
            "args": ["-tp=2"],
            "resources": {"limits": {"nvidia.com/gpu": 2}},
        }
    }
    service = {
        "kind": "InferenceService",
        "metadata": {"name": "llm"},
        "spec": {"predictor": predictor},
    }
    container = {
        "image": VLLM,
        "args": ["--model=/mnt/models"],
        "resources": {"limits": {"nvidia.com/gpu": 1}},
    }
    runtime = {
        "kind": "ClusterServingRuntime",
        "metadata": {"name": "shared"},
        "spec": {"containers": [container]},
    }
    (spec,) = served(service, runtime)
    assert (spec.ranks_per_pod, spec.gpus and spec.gpus.value, spec.model.name) == (
        2,
        2,
        "/mnt/models",
    )
    assert served(service) == []
    (alone,) = served({**service, "spec": {"predictor": {"containers": [container]}}})
    assert alone.gpus
    assert alone.gpus.path[:3] == ("InferenceService llm", "spec", "predictor")


def test_the_gpus_of_a_ray_head_may_be_in_other_pods() -> None:
    head = {
        "template": {
            "spec": {
                "containers": [
                    {"image": VLLM, "command": ["vllm", "serve", "m", "-tp=8"]}
                ]
            }
        }
    }
    (spec,) = served(
        {
            "kind": "RayCluster",
            "metadata": {"name": "ray"},
            "spec": {"headGroupSpec": head},
        }
    )
    assert (spec.ranks, spec.gpus) == (None, None)
    assert [problem.message for problem in gpu_absent.check(spec)] == []


def test_objects_of_any_form_are_read() -> None:
    """Fields of the wrong type are the API server's business."""
    broken: list[Any] = [None, "text", 3, [None], {"a": None}, [3]]
    for value in broken:
        container = {"image": VLLM, "args": ["m"]}
        for key in (
            "env",
            "args",
            "command",
            "volumeMounts",
            "resources",
            "startupProbe",
            "securityContext",
        ):
            served(deployment({**container, key: value}))
        for key in (
            "volumes",
            "initContainers",
            "tolerations",
            "nodeSelector",
            "imagePullSecrets",
            "securityContext",
        ):
            served(deployment(container, **{key: value}))
        served(
            deployment(
                {**container, "startupProbe": {"httpGet": {"httpHeaders": value}}}
            )
        )
        for kind in (
            "Deployment",
            "InferenceService",
            "NIMService",
            "RayService",
            "LeaderWorkerSet",
        ):
            served(
                {"kind": kind, "metadata": {"name": "x"}, "spec": value},
                {"kind": kind, "metadata": value},
            )


def test_the_shared_memory_of_the_node_is_not_small() -> None:
    engine = {"image": VLLM, "args": ["Qwen/Qwen3-8B", "-tp", "2"]}
    (alone,), (nodes,) = (
        served(deployment(engine)),
        served(deployment(engine, hostIPC=True)),
    )
    assert len(list(shared_memory_absent.check(alone))) == 1
    assert list(shared_memory_absent.check(nodes)) == []


@pytest.mark.parametrize(
    ("ports", "port", "asked"),
    [([8000], 8000, True), ([8000], 9000, False), ([], 9000, False)],
)
def test_a_probe_of_a_container_beside_it_asks_nothing_of_the_engine(
    ports: list[int], port: int, asked: bool
) -> None:
    probe = {"httpGet": {"path": "/ready", "port": port}}
    engine = {
        "image": VLLM,
        "readinessProbe": probe,
        "ports": [{"containerPort": number} for number in ports],
    }
    (spec,) = served(deployment(engine))
    (found,) = spec.pod.probes or ()
    assert (found.http is not None) == asked
