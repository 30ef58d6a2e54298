"""What the adapters make of values, worked through; and that no values are too strange for them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helm_llm.lint.rule import Subject
from helm_llm.lint.rules import RULES
from helm_llm.serving import spec_of
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.layers import Values

Serving = Callable[[str, dict[str, Any]], ServingSpec]
GPU = "nvidia.com/gpu"


@pytest.mark.parametrize(
    ("tensor", "args", "per_pod"),
    [
        (1, [], 1),
        (4, [], 4),
        (2, ["-pp", "2"], 4),
        (2, ["-pp", 2, "-dp=2"], 8),
        (4, ["-tp", "2"], 2),
        (1, ["-dp=8", "-dpl=2"], 2),
        (2, ["-dp=8", "--data-parallel-rank=1"], 2),
        (2, ["-dp=8", "--data-parallel-external-lb"], 2),
        (8, ["--nnodes=2"], 4),
        (8, ["--nnodes=2", "-pp=2", "-dp=2"], 16),
        (8, ["--nnodes=3"], None),
        (8, ["--nnodes=2", "--distributed-executor-backend=external_launcher"], 4),
        (4, ["--distributed-executor-backend=mp"], 4),
        (4, ["--distributed-executor-backend=ray"], None),
        (4, ["--distributed-executor-backend=external_launcher"], None),
        (4, ["--data-parallel-backend=ray"], None),
        (4, ["--nnodes=$(NODES)"], None),
        (4, ["--pipeline-parallel-size=0"], None),
        (4, ["--config=engine.yaml"], None),
        (4, ["-pcp=2"], None),
        ("4", [], None),
        (4.0, [], 4),
        (True, [], None),
        (None, [], None),
    ],
)
def test_ranks_of_a_vllm_pod(
    serving: Serving, tensor: Any, args: list[Any], per_pod: int | None
) -> None:
    assert (
        serving(
            "vllm", {"vllm": {"tensorParallelSize": tensor, "additionalArgs": args}}
        ).ranks_per_pod
        == per_pod
    )


@pytest.mark.parametrize(
    ("values", "total", "per_pod"),
    [
        ({}, None, None),
        ({"env": [{"name": "NIM_MODEL_PROFILE", "value": "vllm-bf16-tp4-pp2"}]}, 8, 8),
        (
            {
                "env": [{"name": "NIM_MODEL_PROFILE", "value": "vllm-bf16-tp4"}],
                "multiNode": {"enabled": True},
            },
            4,
            None,
        ),
        (
            {
                "env": [{"name": "NIM_MODEL_PROFILE", "value": "vllm-bf16-tp4"}],
                "multiNode": {"enabled": "yes"},
            },
            4,
            None,
        ),
        ({"model": {"legacyCompat": True, "numGpus": 4}}, 4, 4),
        ({"model": {"legacyCompat": True, "numGpus": "4"}}, None, None),
        ({"model": {"numGpus": 4}}, None, None),
        ({"model": {"legacyCompat": "yes", "numGpus": 4}}, None, None),
    ],
)
def test_ranks_of_a_nim(
    serving: Serving, values: dict[str, Any], total: int | None, per_pod: int | None
) -> None:
    spec = serving("nim-llm", values)
    assert ((spec.ranks.total if spec.ranks else None), spec.ranks_per_pod) == (
        total,
        per_pod,
    )


def test_the_last_of_equal_variables_counts(serving: Serving) -> None:
    names = ["vllm-bf16-tp2", "vllm-bf16-tp4"]
    spec = serving(
        "nim-llm",
        {"env": [{"name": "NIM_MODEL_PROFILE", "value": name} for name in names]},
    )
    assert spec.ranks
    assert [degree.path for degree in spec.ranks.degrees] == [("env", 1, "value")]


def test_a_default_dropped_by_null_is_gone(serving: Serving) -> None:
    spec = serving("nim-llm", {"resources": {"limits": {GPU: None}, "requests": None}})
    assert (spec.gpus, spec.resources.limits, spec.resources.requests) == (None, {}, {})


def test_a_reservation_of_the_scheduler_takes_the_gpu_out(serving: Serving) -> None:
    limits = {GPU: 1, "memory": "16Gi"}
    kai = {"queue": "research", "gpuMemoryMiB": 20000}
    spec = serving("vllm", {"resources": {"limits": limits}, "kaischeduler": kai})
    assert spec.resources.limits == {"memory": "16Gi"}


@pytest.mark.parametrize(
    ("values", "pods", "path"),
    [
        ({}, 1, "replicaCount"),
        ({"replicaCount": 0}, 0, "replicaCount"),
        ({"replicaCount": None}, None, None),
        ({"autoscaling": {"enabled": True}}, 10, "autoscaling.enabled"),
        (
            {"autoscaling": {"enabled": True, "maxReplicas": 3}},
            3,
            "autoscaling.maxReplicas",
        ),
        (
            {"replicaCount": 3, "multiNode": {"enabled": True, "workers": 2}},
            6,
            "multiNode.workers",
        ),
        ({"replicaCount": 3, "multiNode": {"enabled": True}}, 3, "replicaCount"),
        ({"multiNode": {"enabled": "yes"}}, None, None),
    ],
)
def test_pods_of_a_nim(
    serving: Serving, values: dict[str, Any], pods: int | None, path: str | None
) -> None:
    found = serving("nim-llm", values).pods
    assert (found.value if found else None) == pods
    assert (".".join(map(str, found.path)) if found else None) == path


def test_a_chart_without_adapter_has_no_spec(serving: Serving) -> None:
    own = serving("vllm", {}).values
    unknown = Values(
        own.tree, type(own.chart)("other", "1.0.0", "", "other", own.chart.defaults)
    )
    assert spec_of(unknown) is None


STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        2,
        3.5,
        "",
        "true",
        "4",
        "/",
        [],
        [None],
        [{}],
        {},
        {"a": []},
    ]
)
PATHS = {
    "aidaptivcache": """image image.repository image.tag deployment deployment.replicas deployment.strategy
        deployment.strategy.type initContainer initContainer.enabled initContainer.image.tag initContainer.privileged
        initContainer.sharedDataPath initContainer.modelSourcePath prescript vllm vllm.args vllm.args.model
        vllm.args.port vllm.args.nvmePath vllm.args.ssdKvOffloadGb vllm.args.ssdKVOffloadGb vllm.args.tensorParallelSize
        vllm.args.resumeKvCache vllm.args.noResumeKVCache vllm.args.disableKVCache vllm.lora vllm.lora.enable
        vllm.lora.modules vllm.env vllm.extraArgs vllm.extraEnv vllm.waiting volumes volumes.dshm volumes.pvc
        volumes.pvc.enabled volumes.pvc.mountPath volumes.nfs volumes.nfs.enabled volumes.nfs.mountPath modelImage
        modelImage.reference resources resources.limits resources.requests schedulerName service service.targetPort
        startupProbe startupProbe.enabled extraVolumes extraVolumeMounts imagePullSecrets""",
    "kserve-vllm": """image image.image image.tag deploymentMode servingTopology model model.mode model.uri model.s3
        model.s3.key model.args model.env model.modelNameOverride multiNode multiNode.tensorParallelSize
        multiNode.pipelineParallelSize scaling scaling.minReplicas scaling.maxReplicas scaling.scaleMetric
        scaling.scaleTarget scaling.serverless scaling.serverless.timeout scaling.rawDeployment resources
        resources.limits resources.requests tolerations imagePullSecrets servingRuntime servingRuntime.args
        servingRuntime.command servingRuntime.env servingRuntime.shmSize servingRuntime.useExisting startupProbe
        startupProbe.enabled endpoint endpoint.externalRoute endpoint.auth.enabled""",
    "nim-llm": """image image.repository replicaCount resources resources.limits resources.requests env env.0
        statefulSet model model.legacyCompat model.numGpus model.nimCache persistence persistence.enabled
        persistence.accessMode persistence.existingClaim hostPath hostPath.enabled nfs nfs.enabled autoscaling
        autoscaling.enabled autoscaling.maxReplicas tolerations nodeSelector affinity extraVolumes hostPath.path lora
        lora.repositories proxyCA persistence.size image.tag image.digest multiNode multiNode.enabled
        multiNode.workers multiNode.gpusPerNode
        multiNode.leaderWorkerSet startupProbe startupProbe.enabled startupProbe.periodSeconds extraVolumeMounts""",
    "vllm": """image image.repository replicaCount resources resources.limits resources.requests vllm vllm.model
        vllm.tensorParallelSize vllm.additionalArgs vllm.env persistence persistence.enabled persistence.hostPath
        persistence.hostPath.path persistence.nfs persistence.mountPath persistence.existingClaim modelDownload
        kaischeduler shm shm.enabled slowStart slowStart.enabled slowStart.maxStartupSeconds startupProbe
        startupProbe.enabled startupProbe.failureThreshold extraVolumeMounts extraVolumes tolerations nodeSelector
        affinity schedulerName persistence.size image.tag image.digest autoscaling autoscaling.enabled""",
}
START: dict[str, dict[str, Any]] = {
    "aidaptivcache": {
        "prescript": "mount -t nfs4 a:/b /mnt/data",
        "vllm": {"lora": {"enable": True, "modules": "a=/mnt/data/a"}},
        "modelImage": {"enabled": True, "reference": "models/llama:1"},
    },
    "kserve-vllm": {
        "deploymentMode": "RawDeployment",
        "model": {"uri": "pvc://models/8b", "args": ["-tp", "2"]},
    },
    "nim-llm": {
        "env": [{"name": "NIM_MODEL_PROFILE", "value": "vllm-bf16-tp4"}],
        "multiNode": {"enabled": True},
    },
    "vllm": {
        "vllm": {"tensorParallelSize": 2, "additionalArgs": ["--nnodes=3"]},
        "shm": {"enabled": False},
    },
}


CHANGES = st.sampled_from(sorted(PATHS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.dictionaries(st.sampled_from(PATHS[name].split()), STRANGE, max_size=4),
    )
)


def _tree(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    tree = deepcopy(START[name])
    for dotted in sorted(changes):
        *above, last = dotted.split(".")
        inner = tree
        for key in above:
            inner = inner.setdefault(key, {}) if isinstance(inner, dict) else {}
        if isinstance(inner, dict):
            inner[last] = changes[dotted]
    return tree


@settings(max_examples=300, deadline=None)
@given(CHANGES)
def test_no_values_are_too_strange(
    serving: Serving, odd: tuple[str, dict[str, Any]]
) -> None:
    spec = serving(odd[0], _tree(*odd))
    for rule in RULES:
        if rule.subject is Subject.SERVING_SPEC:
            for problem in rule.check(spec):
                assert problem.path, problem
                assert problem.message == " ".join(problem.message.split())
