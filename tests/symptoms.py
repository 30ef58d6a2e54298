"""What becomes of the bad example on the page of each rule that is certain, and who says so.

The texts are patterns. Charts refuse some values themselves; for all but HELM Helm is told to skip their schemas, as
other charts have none.
"""

HELM = {
    "multi-node-serverless": "servingTopology multiNode needs deploymentMode RawDeployment",
    "ngc-key-without-pull-secret": r"model\.ngcAPIKey needs imagePullSecrets",
    "s3-location-incomplete": r"model\.mode s3 needs model\.s3\.key and model\.s3\.path",
    "scale-metric-unsupported": "scaleMetric concurrency needs deploymentMode Serverless",
    "schema": r"values don't meet the specifications of the schema\(s\)",
    "template-failed": r"execution error at \(nim-llm/",
    "unknown-key": "additional properties 'tensorParalelSize' not allowed",
    "yaml-syntax": r"failed to parse .*: error converting YAML to JSON: yaml: line \d",
}
"""Helm stops with this text."""

DROPPED = {
    "env-name-repeated": r"name: hub\b",
    "model-path-argument-lost": r"--model=/mnt/models",
    "multi-node-autoscaled": "kind: HorizontalPodAutoscaler",
    "repeated-key": r"nvidia\.com/gpu: 1",
    "second-document": r"Qwen/Qwen3-8B",
    "setting-without-effect": "maxReplicas: 4",
    "several-storage-backends": "hostPath:",
    "text-altered-by-yaml": r"vllm/vllm-openai:0\.10\b",
}
"""This is in what Helm 3 renders of the good example, and not in what it renders of the bad one."""

ALIKE = ("alias-values-differ", "cache-resume-contradiction")
"""The bad example renders as the good one does, which leaves out what contradicts it."""

API_SERVER = {
    "gpu-count-fractional": "must be an integer|must be greater than or equal to 0",
    "gpu-key-split-by-dots": "quantities must match the regular expression",
    "gpu-request-differs-from-limit": r"must be equal to \S+ limit of \d",
    "gpu-request-without-limit": "Limit must be set for non overcommitable resources",
    "memory-request-exceeds-limit": r"must be less than or equal to (memory|cpu|ephemeral-storage) limit of \d",
    "min-replicas-exceed-max": "must be greater than or equal to `minReplicas`",
    "mount-path-used-twice": "must be unique|Duplicate value",
    "multi-node-source-unsupported": r"Multinode only supports 'pvc' and 'oci' Storage Protocol\(hf\)",
    "object-name-too-long": r"must be no more than 63 characters|a valid label must be",
    "reference-to-absent-object": r"volumeMounts\[\d\]\.name: Not found",
    "update-strategy-rejected": "may not be specified when|may not be 0 when|must be 'RollingUpdate' or 'OnDelete'",
}
"""The API server, or KServe's webhook, refuses an object with this text: of the page's example, and of each bad case
in tests/rules whose objects are Kubernetes' own.
"""

KSERVE = {
    "model-uri-malformed": r"StorageUri \[huggingface://Qwen/Qwen3-8B\] is not supported",
    "template-braces-in-arguments": "failed to replace placeholders in serving runtime",
}
"""KServe's controller says it in an event, and makes no Deployment."""

TAKEN = {
    "mount-path-used-twice/aidaptivcache-claim-over-the-staged-model": "paths are compared as they are written",
    "mount-path-used-twice/vllm-slash-at-the-end": "paths are compared as they are written",
    "reference-to-absent-object/broken-chart": "its objects are taken, and lead nowhere",
    "reference-to-absent-object/nim-port-of-the-service": "the Service is taken, and leads nowhere",
    "reference-to-absent-object/vllm-named-port": "the Service is taken, and leads nowhere",
}
"""Bad cases of these rules that the API server takes, and why."""

ENGINE = {
    "attention-heads-not-divisible": r"Total number of attention heads \(28\) must be divisible by tensor parallel",
    "context-exceeds-model": r"User-specified max_model_len \(2048\) is greater than the derived max_model_len",
    "engine-argument-glued": "unrecognized arguments: --max-num-seqs 64",
    "engine-argument-removed": "unrecognized arguments: --rope-scaling",
    "engine-argument-repeated": "Found duplicate keys --max-model-len",
    "engine-argument-unknown": "unrecognized arguments: --cuda-graph-mode FULL",
    "engine-argument-value-rejected": "argument --dtype: invalid choice: 'fp16'",
    "engine-arguments-conflict": "Error: --enable-auto-tool-choice requires --tool-call-parser",
    "engine-variable-unknown": "Unknown vLLM environment variable detected: VLLM_LOG_LEVEL",
    "number-in-scientific-notation": r"invalid human_readable_int value: '1\.048576e\+06'",
}
"""vLLM says this, and not of the good example; its answers are recorded in tests/data/vllm-starts-*.jsonl."""

SIMULATOR = {
    "device-list-shorter-than-ranks": r"World size \(2\) is larger than the number of available GPUs \(1\)",
    "tensor-parallel-exceeds-gpus": r"World size \(4\) is larger than the number of available GPUs \(2\)",
}
"""Our simulator stops with this text of vLLM's: the engine counts GPUs, and there are none here."""

OWN_TEST = {
    "engine-port-differs-from-target": "rules/test_symptoms.py::test_an_argument_moves_the_engine_to_another_port",
    "image-tag-inside-repository": "cluster/test_symptoms.py::test_an_image_with_two_tags_is_no_name",
    "lora-download-incomplete": "charts/nim_llm/test_download_loras.py::test_loras_of_one_name_are_refused",
    "pod-security-level-violated": "cluster/test_symptoms.py::test_pods_of_a_deployment_are_refused",
    "privileged-container": "cluster/test_symptoms.py::test_pods_of_a_deployment_are_refused",
    "probe-behind-api-key": "rules/test_symptoms.py::test_a_probe_without_the_key_gets_401",
    "service-link-collision": "cluster/test_symptoms.py::test_a_service_named_vllm_makes_a_variable",
    "shared-memory-exceeds-memory-limit": "cluster/test_symptoms.py::test_a_full_volume_of_memory_ends_a_container",
    "tensor-parallel-differs-from-node-gpus": "cluster/test_symptoms.py::test_kserve_divides_the_ranks_by_the_gpus",
    "vgpu-scheduler-foreign": "cluster/test_symptoms.py::test_shares_leave_a_pod_pending",
}
"""Shown by a test, below tests, that does more than a table can say."""

NOT_SHOWN = {
    "cpu-target-without-request": "the autoscaler says it when there is a metrics server",
    "gpus-per-node-differs-from-limit": "mpirun starts ranks on GPUs, and there are none here",
    "image-tag-floating": "somebody has to move the tag",
    "ingress-rule-incomplete": "the controller of the Ingress answers 503",
    "lora-rank-unsupported": "since 0.11.1 the parser refuses it; the configuration of releases before is not recorded",
    "ssd-offload-without-device": "the device of aiDAPTIVCache is not here",
    "suppression-unused": "is about a comment, which nothing but the lint reads",
    "unsafe-engine-switch": "there is nothing to be seen until somebody uses what it opens",
}
"""Why a rule is not shown by any test."""

TABLES = (
    HELM,
    DROPPED,
    dict.fromkeys(ALIKE),
    API_SERVER,
    KSERVE,
    ENGINE,
    SIMULATOR,
    OWN_TEST,
    NOT_SHOWN,
)
