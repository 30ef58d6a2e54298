"""Each cause from what a cluster shows of it: the objects, events and log lines are in the API's own shapes."""

from typing import Any

import pytest

from helm_llm.harness.causes import CAUSES, UNREACHABLE, diagnose
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.lint.rules import RULES
from tests.harness.shapes import (
    claim,
    crashed,
    deployment,
    event,
    gpu_spec,
    node,
    pod,
    service,
    unscheduled,
    waiting,
)


def cause_of(**evidence: Any) -> Diagnosis:
    found = diagnose(Evidence(release="llm", **evidence))
    assert found is not None
    return found


def assert_says(found: Diagnosis, cause: str, *words: str) -> None:
    assert found.cause == cause
    for word in words:
        assert word in found.sentence
    assert "{" not in found.sentence
    assert "{" not in (found.help or "") or "key:" in (found.help or "")


def inference_service(mode: str = "Standard", **status: Any) -> dict[str, Any]:
    annotations = {"serving.kserve.io/deploymentMode": mode}
    return {
        "kind": "InferenceService",
        "metadata": {"name": "llm", "annotations": annotations},
        "status": status,
    }


KSERVE = [
    pytest.param(
        "StorageURI not supported: storageUri, must be one of: [gs://, s3://]. StorageUri [ftp://x/y] is not supported",
        "model-uri",
        "ftp://x/y",
        id="scheme",
    ),
    pytest.param(
        'fails to reconcile predictor: Deployment.apps "llm-predictor" is invalid: spec.template.spec.containers[0]'
        ".resources.limits: Required value: Limit must be set for non overcommitable resources",
        "gpu-not-limited",
        "without a limit",
        id="gpu-requested-only",
    ),
    pytest.param(
        "No ServingRuntimes or ClusterServingRuntimes with the name: vllm-cuda-runtime",
        "runtime-missing",
        "vllm-cuda-runtime",
        id="runtime",
    ),
    pytest.param(
        "failed to replace placeholders in serving runtime llm Container kserve-container: template: container-tmpl:1: "
        'function "x" not defined',
        "template-braces",
        "kserve-container",
        id="braces",
    ),
    pytest.param(
        "something new", "kserve-refused", "inferenceservice/llm", id="unknown"
    ),
]


@pytest.mark.parametrize(("message", "cause", "word"), KSERVE)
def test_what_kserve_cannot_run(message: str, cause: str, word: str) -> None:
    events = [event("llm", "InternalError", message, kind="InferenceService")]
    assert_says(cause_of(workloads=[inference_service()], events=events), cause, word)


def test_kserve_says_it_in_the_status_when_the_events_are_gone() -> None:
    failure = {
        "lastFailureInfo": {
            "message": "failed to replace placeholders in serving runtime a Container b"
        }
    }
    assert_says(
        cause_of(workloads=[inference_service(modelStatus=failure)]),
        "template-braces",
        "container b",
    )
    refused = {"status": "False", "message": "StorageUri [ftp://x] is not supported"}
    assert_says(
        cause_of(workloads=[inference_service(conditions=[refused])]),
        "model-uri",
        "ftp://x",
    )


def test_a_service_that_has_pods_is_judged_by_them() -> None:
    unavailable = {
        "status": "False",
        "message": "Deployment does not have minimum availability.",
    }
    service = inference_service(conditions=[unavailable])
    assert_says(
        cause_of(
            workloads=[service], pods=[unscheduled(INSUFFICIENT, spec=gpu_spec(4))]
        ),
        "gpu-absent",
    )


def test_serverless_without_knative() -> None:
    assert_says(
        cause_of(workloads=[inference_service("Serverless")]),
        "knative-absent",
        "Serverless needs Knative",
    )


INSUFFICIENT = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu. no new claims to deallocate."

UNTOLERATED = "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate."
TEAM = {"key": "team", "value": "ai", "effect": "NoSchedule"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}
GPU = {"key": "gpu", "value": "h100", "effect": "NoSchedule"}

SCHEDULING = [
    pytest.param(
        INSUFFICIENT,
        gpu_spec(4),
        [node()],
        "gpu-absent",
        ["4 nvidia.com/gpu", "no node"],
        id="no-gpu",
    ),
    pytest.param(
        INSUFFICIENT,
        gpu_spec(4),
        [node(nvidia_gpu="2")],
        "gpu-request-too-large",
        ["requests 4", "has 2"],
        id="larger",
    ),
    pytest.param(
        INSUFFICIENT,
        gpu_spec(1),
        [node(nvidia_gpu="2")],
        "gpu-taken",
        ["other pods use"],
        id="all-are-in-use",
    ),
    pytest.param(
        "0/1 nodes are available: 1 Insufficient memory.",
        {},
        [node()],
        "resources",
        ["more memory"],
        id="memory",
    ),
    pytest.param(
        "0/2 nodes are available: 2 node(s) had untolerated taint {nvidia.com/gpu: present}.",
        {},
        [node()],
        "taint",
        ["nvidia.com/gpu=present"],
        id="taint",
    ),
    pytest.param(
        "0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: }.",
        {},
        [node()],
        "taint",
        ["the taint dedicated of"],
        id="taint-without-value",
    ),
    pytest.param(
        UNTOLERATED,
        {
            "tolerations": [
                {"key": "gpu", "operator": "Exists", "effect": "NoExecute"},
                {"key": "team", "value": "ai"},
            ]
        },
        [{**node(), "spec": {"taints": [TEAM, NOT_READY, GPU]}}],
        "taint",
        ["the taint gpu=h100 of"],
        id="taint-that-only-the-node-names",
    ),
    pytest.param(
        UNTOLERATED,
        {},
        [],
        "taint",
        ["the taints of the nodes"],
        id="taints-of-nodes-we-may-not-read",
    ),
    pytest.param(
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
        {"nodeSelector": {"gpu": "h100"}},
        [node()],
        "node-selector",
        ["gpu=h100"],
        id="selector",
    ),
    pytest.param(
        '0/1 nodes are available: persistentvolumeclaim "models" not found.',
        {},
        [node()],
        "claim-missing",
        ["claim models"],
        id="claim",
    ),
    pytest.param(
        "0/1 nodes are available: 1 Too many pods.",
        {},
        [node()],
        "too-many-pods",
        ["full"],
        id="full-node",
    ),
    pytest.param(
        "something new",
        {},
        [node()],
        "unschedulable",
        ["no node accepts pod llm-0"],
        id="unknown",
    ),
]


@pytest.mark.parametrize(("message", "spec", "nodes", "cause", "words"), SCHEDULING)
def test_what_the_scheduler_says(
    message: str, spec: Any, nodes: Any, cause: str, words: list[str]
) -> None:
    found = cause_of(pods=[unscheduled(message, spec=spec)], nodes=nodes)
    assert_says(found, cause, *words)
    assert found.lines == (message,)
    assert found.final


def test_a_cluster_that_grows_is_waited_for() -> None:
    growing = event(
        "llm-0",
        "TriggeredScaleUp",
        "pod triggered scale-up: [{gpu-pool 0->1 (max: 4)}]",
    )
    found = cause_of(
        pods=[unscheduled(INSUFFICIENT, spec=gpu_spec(4))],
        nodes=[node()],
        events=[growing],
    )
    assert not found.final


def test_a_scheduler_that_is_not_there_is_named() -> None:
    lonely = pod(phase="Pending", spec={"schedulerName": "kai-scheduler"})
    assert_says(
        cause_of(pods=[lonely], waited=30.0), "scheduler-missing", "kai-scheduler"
    )


def test_a_slow_scheduler_is_not_a_missing_one() -> None:
    assert diagnose(Evidence(pods=[pod(phase="Pending", spec={})], waited=60.0)) is None


def test_a_pod_that_was_just_made_has_not_lost_its_scheduler() -> None:
    assert diagnose(Evidence(pods=[pod(phase="Pending")], waited=2.0)) is None


IMAGES = [
    (
        "ErrImagePull",
        'failed to resolve reference "x": docker.io/acme/vllm:9: not found',
        "the registry has no such",
    ),
    (
        "ImagePullBackOff",
        "failed to authorize: unexpected status: 401 Unauthorized",
        "other credentials",
    ),
    (
        "ErrImagePull",
        "dial tcp: lookup registry.acme on 10.0.0.10:53: no such host",
        "cannot reach the registry",
    ),
    (
        "InvalidImageName",
        'Failed to apply default image tag "a b": invalid reference format',
        "not a valid image name",
    ),
    (
        "ErrImageNeverPull",
        'Container image "x" is not present with pull policy of Never',
        "pull policy is Never",
    ),
    (
        "ErrImagePull",
        "429 Too Many Requests - toomanyrequests: rate limit",
        "limits the number of pulls",
    ),
    (
        "ErrImagePull",
        "no match for platform in manifest: not found",
        "processor of this node",
    ),
    (
        "ErrImagePull",
        "write /var/lib/containerd/tmp: no space left on device",
        "disk is full",
    ),
]


@pytest.mark.parametrize(("reason", "message", "why"), IMAGES)
def test_why_an_image_is_not_pulled(reason: str, message: str, why: str) -> None:
    found = cause_of(
        pods=[pod(phase="Pending", containerStatuses=[waiting(reason, message)])]
    )
    assert_says(found, "image-pull", "vllm/vllm-openai:v0.33.0", why)


def test_the_event_says_more_of_an_image_than_the_back_off() -> None:
    failed = event(
        "llm-0",
        "Failed",
        'Failed to pull image "vllm/vllm-openai:v0.33.0": manifest unknown',
    )
    waits = pod(
        phase="Pending",
        containerStatuses=[waiting("ImagePullBackOff", "Back-off pulling image")],
    )
    assert_says(
        cause_of(pods=[waits], events=[failed]),
        "image-pull",
        "the registry has no such image",
    )


CONFIGURATION = [
    (
        'secret "hugging-face" not found',
        "secret-missing",
        ["secret hugging-face", "does not exist"],
    ),
    (
        "couldn't find key token in Secret ai/hugging-face",
        "secret-key-missing",
        ["token", "hugging-face"],
    ),
    (
        "container has runAsNonRoot and image will run as root (pod: ...)",
        "runs-as-root",
        ["must not run as root"],
    ),
    ("something new", "container-configuration", ["container vllm"]),
]


@pytest.mark.parametrize(("message", "cause", "words"), CONFIGURATION)
def test_what_a_container_needs_and_is_not_there(
    message: str, cause: str, words: list[str]
) -> None:
    states = [waiting("CreateContainerConfigError", message)]
    assert_says(
        cause_of(pods=[pod(phase="Pending", containerStatuses=states)]), cause, *words
    )


ENGINE = [
    (
        "vllm: error: unrecognized arguments: --no-such 1",
        "engine-argument",
        ["--no-such 1"],
    ),
    (
        "vllm serve: error: argument --port: invalid int value: 'x'",
        "engine-argument",
        ["--port"],
    ),
    (
        "vllm serve: error: argument --max-model-len: invalid int value: '1.048576e+06'",
        "engine-argument",
        ["e+06"],
    ),
    (
        "vllm serve: error: ambiguous option: --serv could match --served-model-name, --server",
        "engine-argument",
        ["--serv"],
    ),
    (
        "TypeError: Error: --enable-auto-tool-choice requires --tool-call-parser",
        "engine-argument",
        ["requires"],
    ),
    (
        "  Value error, World size (4) is larger than the number of available GPUs (2) in this node.",
        "tensor-parallel",
        ["4 workers", "2 GPUs"],
    ),
    (
        "RuntimeError: Failed to infer device type, please set the environment variable",
        "gpu-not-visible",
        ["no GPU"],
    ),
    (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20 MiB",
        "gpu-memory",
        ["memory"],
    ),
    (
        (
            "ValueError: To serve one request with the model's max seq len (32768), 4.00 GiB KV cache is needed, "
            "which is larger than the available KV cache memory (2.10 GiB)."
        ),
        "context-too-long",
        ["32768 tokens"],
    ),
    (
        (
            "Value error, User-specified max_model_len (99999) is greater than the derived max_model_len "
            "(max_position_embeddings=40960 or model_max_length=None in model's config.json)."
        ),
        "context-too-long",
        ["99999"],
    ),
    (
        "OSError: You are trying to access a gated repo. 401 Client Error. Cannot access gated repo",
        "model-gated",
        [],
    ),
    (
        "ValueError: Invalid repository ID or local directory specified: '/mnt/models'.",
        "model-not-found",
        ["/mnt/models"],
    ),
    (
        "MaxRetryError: Max retries exceeded with url: https://huggingface.co/api",
        "model-unreachable",
        ["huggingface.co"],
    ),
    ("OSError: [Errno 98] Address already in use", "port-in-use", ["port"]),
    (
        "ValueError: VLLM_PORT 'tcp://10.96.0.7:8000' appears to be a URI.",
        "service-links",
        ["tcp://10.96.0.7:8000"],
    ),
    (
        "PermissionError: [Errno 13] Permission denied: '/root/.cache/huggingface'",
        "not-writable",
        ["/root/.cache"],
    ),
    ("OSError: [Errno 28] No space left on device", "disk-full", ["full"]),
]


@pytest.mark.parametrize(("line", "cause", "words"), ENGINE)
def test_what_the_engine_says_before_it_ends(
    line: str, cause: str, words: list[str]
) -> None:
    log = f"INFO 11-21 05:12:00 starting\n{line}\nsome last words\n"
    found = cause_of(
        pods=[pod(containerStatuses=[crashed(1)])], logs={("llm-0", "vllm"): log}
    )
    assert_says(found, cause, *words)
    assert found.lines == (line.strip(),)


def test_the_lint_rule_that_says_it_before_is_named() -> None:
    log = "Value error, World size (4) is larger than the number of available GPUs (2) in this node."
    found = cause_of(
        pods=[pod(containerStatuses=[crashed(1)])], logs={("llm-0", "vllm"): log}
    )
    assert found.rule == "tensor-parallel-exceeds-gpus"


def test_a_log_of_a_container_that_runs_is_no_cause() -> None:
    healthy = {"name": "vllm", "ready": True, "state": {"running": {}}}
    logs = {("llm-0", "vllm"): "OSError: [Errno 98] Address already in use"}
    assert (
        diagnose(Evidence(pods=[pod(containerStatuses=[healthy])], logs=logs)) is None
    )


def test_out_of_memory_names_the_limit() -> None:
    spec = {
        "containers": [{"name": "vllm", "resources": {"limits": {"memory": "8Gi"}}}]
    }
    found = cause_of(
        pods=[pod(spec=spec, containerStatuses=[crashed(137, "OOMKilled")])]
    )
    assert_says(found, "out-of-memory", "limit of 8Gi")


def test_a_program_that_the_image_lacks() -> None:
    message = 'failed to create containerd task: exec: "vllm": executable file not found in $PATH'
    found = cause_of(
        pods=[pod(containerStatuses=[crashed(128, "StartError", message=message)])]
    )
    assert_says(found, "command-not-found", "no program vllm")


def probed(**startup: int) -> dict[str, Any]:
    return {
        "containers": [
            {
                "name": "vllm",
                "startupProbe": {
                    "httpGet": {"path": "/health", "port": 8000},
                    **startup,
                },
            }
        ]
    }


KILLED = event(
    "llm-0", "Killing", "Container vllm failed startup probe, will be restarted"
)
REFUSED = (
    'Startup probe failed: Get "http://10.244.0.9:8000/health": '
    "dial tcp 10.244.0.9:8000: connect: connection refused"
)


def test_a_startup_probe_that_ran_out() -> None:
    refused = event("llm-0", "Unhealthy", REFUSED)
    found = cause_of(
        pods=[
            pod(
                spec=probed(periodSeconds=10, failureThreshold=6),
                containerStatuses=[crashed(143)],
            )
        ],
        events=[KILLED, refused],
    )
    assert_says(found, "probe-budget", "within the 60 s")
    assert found.rule == "startup-budget-too-short"


def test_a_probe_on_a_path_that_needs_a_key() -> None:
    answered = event(
        "llm-0",
        "Unhealthy",
        "Startup probe failed: HTTP probe failed with statuscode: 401",
    )
    found = cause_of(
        pods=[pod(spec=probed(), containerStatuses=[crashed(143)])],
        events=[KILLED, answered],
    )
    assert_says(found, "probe-path", "/health", "401")


def test_a_probe_on_another_port_than_the_engine_listens_on() -> None:
    log = "INFO Starting vLLM server on http://0.0.0.0:9000\n"
    found = cause_of(
        pods=[pod(spec=probed(), containerStatuses=[crashed(143)])],
        events=[KILLED, event("llm-0", "Unhealthy", REFUSED)],
        logs={("llm-0", "vllm"): log},
    )
    assert_says(found, "port-mismatch", "connects to port 8000", "listens on 9000")


def test_a_crash_without_a_line_we_know_shows_the_end_of_the_log() -> None:
    log = "\n".join(f"line {number}" for number in range(20))
    found = cause_of(
        pods=[pod(containerStatuses=[crashed(7)])], logs={("llm-0", "vllm"): log}
    )
    assert_says(found, "crashed", "exit code 7")
    assert found.lines[-1] == "line 19"
    assert len(found.lines) == 8


def test_a_pod_that_runs_and_is_not_ready_may_become_so() -> None:
    runs = {"name": "vllm", "ready": False, "state": {"running": {}}}
    late = event(
        "llm-0",
        "Unhealthy",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
    )
    found = cause_of(pods=[pod(containerStatuses=[runs])], events=[late])
    assert_says(found, "not-ready", "is running, but not ready")
    assert not found.final


STORAGE = [
    (
        "ProvisioningFailed",
        'storageclass.storage.k8s.io "fast" not found',
        "storage-class-missing",
        ["claim models", "storage class fast"],
    ),
    (
        "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set",
        "claim-unbound",
        ["names no storage class"],
    ),
    (
        "ProvisioningFailed",
        "rpc error: quota exceeded",
        "claim-unbound",
        ["gets no volume"],
    ),
]


@pytest.mark.parametrize(("reason", "message", "cause", "words"), STORAGE)
def test_a_claim_that_stays_unbound(
    reason: str, message: str, cause: str, words: list[str]
) -> None:
    events = [event("models", reason, message, kind="PersistentVolumeClaim")]
    waits = unscheduled(
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    )
    assert_says(
        cause_of(claims=[claim("models", "fast")], events=events, pods=[waits]),
        cause,
        *words,
    )


def test_a_claim_that_waits_for_its_first_pod_is_no_cause() -> None:
    waits = event(
        "models",
        "WaitForFirstConsumer",
        "waiting for first consumer",
        kind="PersistentVolumeClaim",
    )
    assert (
        diagnose(Evidence(claims=[claim("models")], events=[waits], pods=[pod()]))
        is None
    )


MOUNTS = [
    (
        "FailedMount",
        'MountVolume.SetUp failed for volume "ca" : secret "ca" not found',
        "secret-missing",
        ["secret ca"],
    ),
    (
        "FailedMount",
        'MountVolume.SetUp failed for volume "ca" : configmap "ca" not found',
        "secret-missing",
        ["configmap"],
    ),
    (
        "FailedMount",
        'volume "ca" : references non-existent secret key: ca.crt',
        "secret-key-missing",
        ["ca.crt"],
    ),
    (
        "FailedAttachVolume",
        'Multi-Attach error for volume "pvc-1"',
        "volume-held-elsewhere",
        ["another node"],
    ),
    (
        "FailedMount",
        "hostPath type check failed: /models is not a directory",
        "host-path-missing",
        ["/models"],
    ),
    (
        "FailedMount",
        "mount.nfs: Connection timed out",
        "nfs-unreachable",
        ["Connection timed out"],
    ),
    ("FailedMount", "something new", "mount-failed", ["volume"]),
    (
        "FailedCreatePodSandBox",
        'rpc error: no runtime for "nvidia" is configured',
        "runtime-missing",
        ["handler nvidia"],
    ),
]


@pytest.mark.parametrize(("reason", "message", "cause", "words"), MOUNTS)
def test_what_the_kubelet_cannot_do(
    reason: str, message: str, cause: str, words: list[str]
) -> None:
    assert_says(
        cause_of(pods=[pod(phase="Pending")], events=[event("llm-0", reason, message)]),
        cause,
        *words,
    )


REFUSED_PODS = [
    (
        'pods "llm-" is forbidden: pod rejected: RuntimeClass "nvidia" not found',
        "runtime-class-missing",
        ["nvidia"],
    ),
    (
        'pods "llm-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
        "pod-security",
        ["restricted:latest", "allowPrivilegeEscalation"],
    ),
    (
        (
            'pods "llm-" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=4, '
            "used: requests.nvidia.com/gpu=6, limited: requests.nvidia.com/gpu=8"
        ),
        "quota-exceeded",
        ["quota gpus", "gpu=8"],
    ),
    (
        'pods "llm-" is forbidden: error looking up service account ai/llm: serviceaccount "llm" not found',
        "service-account-missing",
        ["llm"],
    ),
    (
        'pods "llm-" is forbidden: no PriorityClass with name high was found',
        "priority-class-missing",
        ["high"],
    ),
    (
        'admission webhook "gpu.acme" denied the request: no budget',
        "webhook-denied",
        ["gpu.acme", "no budget"],
    ),
    ("something new", "pod-refused", ["replicaset/llm-7d"]),
]


@pytest.mark.parametrize(("message", "cause", "words"), REFUSED_PODS)
def test_why_no_pod_may_be_made(message: str, cause: str, words: list[str]) -> None:
    refused = event(
        "llm-7d", "FailedCreate", f"Error creating: {message}", kind="ReplicaSet"
    )
    assert_says(cause_of(workloads=[deployment()], events=[refused]), cause, *words)


def test_an_old_refusal_does_not_hide_what_came_after() -> None:
    refused = event(
        "llm", "FailedCreate", 'serviceaccount "llm" not found', kind="StatefulSet"
    )
    assert_says(
        cause_of(pods=[pod(containerStatuses=[crashed(7)])], events=[refused]),
        "crashed",
        "container vllm of pod llm-0",
    )


def test_nothing_wants_a_pod() -> None:
    assert_says(cause_of(workloads=[deployment(0)]), "scaled-to-zero", "deployment/llm")
    assert_says(cause_of(workloads=[deployment(1)]), "no-pods", "deployment/llm")


def test_an_evicted_pod() -> None:
    gone = pod(
        phase="Failed",
        reason="Evicted",
        message="The node was low on resource: ephemeral-storage.",
    )
    assert_says(cause_of(pods=[gone]), "evicted", "ephemeral-storage")


HELM = [
    (
        (
            'Error: unable to build kubernetes objects: resource mapping not found for name: "llm" '
            'namespace: "" from "": no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"'
        ),
        "crd-missing",
        ["ServiceMonitor"],
    ),
    (
        'Error: failed calling webhook "x.kserve.io": Post "https://kserve": no endpoints available',
        "webhook-unreachable",
        ["x.kserve.io"],
    ),
    (
        'Error: admission webhook "policy.acme" denied the request: no latest tags',
        "webhook-denied",
        ["no latest tags"],
    ),
    (
        (
            'Error: UPGRADE FAILED: cannot patch "llm" with kind Deployment: Deployment.apps "llm" is invalid: '
            "spec.selector: Invalid value: v1.LabelSelector{}: field is immutable"
        ),
        "immutable-field",
        ["Deployment llm", "spec.selector"],
    ),
    (
        (
            'Error: UPGRADE FAILED: cannot patch "llm" with kind StatefulSet: StatefulSet.apps "llm" is invalid: spec: '
            "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden"
        ),
        "immutable-field",
        ["StatefulSet llm", "replicas, template"],
    ),
    (
        (
            'Error: UPGRADE FAILED: cannot patch "models" with kind PersistentVolumeClaim: '
            'PersistentVolumeClaim "models" is invalid: spec: Forbidden: '
            "spec is immutable after creation except resources.requests"
        ),
        "immutable-field",
        ["claim models"],
    ),
    (
        (
            "Error: UPGRADE FAILED: server-side apply failed for object ai/llm apps/v1, Kind=StatefulSet: "
            'StatefulSet.apps "llm" is invalid: spec: Forbidden: updates to statefulset spec for fields other than'
        ),
        "immutable-field",
        ["StatefulSet llm", "replicas, template"],
    ),
    (
        (
            "Error: UPGRADE FAILED: server-side apply failed for object ai/llm apps/v1, Kind=Deployment: "
            'Deployment.apps "llm" is invalid: spec.strategy.rollingUpdate: Forbidden: '
            "may not be specified when strategy `type` is 'Recreate'"
        ),
        "strategy-left-over",
        ["Deployment llm", "rolling update"],
    ),
    (
        (
            'Error: Unable to continue with install: Secret "llm" in namespace "ai" exists and cannot be imported into '
            "the current release: invalid ownership metadata"
        ),
        "owned-by-another",
        ["Secret llm"],
    ),
    (
        "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
        "upgrade-pending",
        ["never finished"],
    ),
    (
        "Error: chart requires kubeVersion: >=1.40.0-0 which is incompatible with Kubernetes v1.34.4",
        "kubernetes-version",
        [">=1.40.0-0", "v1.34.4"],
    ),
    (
        "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
        "values-refused",
        ["schema"],
    ),
    (
        'Error: secrets is forbidden: User "dev" cannot list resource "secrets" in API group "" in the namespace "ai"',
        "forbidden",
        ['User "dev"', "list secrets"],
    ),
    (
        "Error: execution error at (vllm/templates/a.yaml:3:4): model is required",
        "template-failed",
        ["model is required"],
    ),
    ("Error: something new", "install-failed", ["could not install"]),
]


@pytest.mark.parametrize(("stderr", "cause", "words"), HELM)
def test_what_helm_says(stderr: str, cause: str, words: list[str]) -> None:
    found = cause_of(helm=f"level=WARN msg=x\n{stderr}\n")
    assert_says(found, cause, *words)
    assert found.lines == (stderr,)


def test_a_service_port_that_leads_nowhere() -> None:
    spec = {
        "containers": [
            {"name": "vllm", "ports": [{"name": "http", "containerPort": 8000}]}
        ]
    }
    found = diagnose(
        Evidence(pods=[pod(spec=spec)], services=[service(9999)]), UNREACHABLE
    )
    assert found
    assert_says(found, "port-mismatch", "container port 9999", "8000 (http)")


@pytest.mark.parametrize("target", ["http", 8000])
def test_a_service_port_that_leads_to_the_container(target: object) -> None:
    spec = {
        "containers": [
            {"name": "vllm", "ports": [{"name": "http", "containerPort": 8000}]}
        ]
    }
    assert diagnose(Evidence(pods=[pod(spec=spec)], services=[service(target)])) is None


def test_a_service_that_selects_nothing() -> None:
    found = diagnose(
        Evidence(pods=[pod()], services=[service(80, {"app": "other"})]), UNREACHABLE
    )
    assert found
    assert_says(found, "service-selects-nothing", "app=other")


def test_a_healthy_release_has_no_cause() -> None:
    ready = {"name": "vllm", "ready": True, "state": {"running": {}}}
    healthy = Evidence(
        workloads=[deployment()],
        pods=[pod(containerStatuses=[ready])],
        nodes=[node(nvidia_gpu="8")],
    )
    assert diagnose(healthy) is None


def test_no_evidence_is_no_cause() -> None:
    assert [diagnosis for cause in CAUSES for diagnosis in cause(Evidence())] == []


def test_the_rules_that_are_named_exist() -> None:
    from helm_llm.harness.causes import engine, install, kserve, storage

    known = {rule.id for rule in RULES}
    tables = (engine, install, kserve, storage)
    named = {pattern.rule for table in tables for pattern in table.PATTERNS}
    assert named - {None} <= known
    assert {"startup-budget-too-short", "shared-memory-absent"} <= known
