"""What happens with the bad example on the page of each certain rule, and what shows it.

The texts are regular expressions. Our charts refuse some values themselves. Except for HELM,
Helm therefore skips their schemas, because other charts have none.
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
"""Helm fails with this text."""

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
"""Helm 3 renders this text for the good example and not for the bad one."""

ALIKE = ("alias-values-differ", "cache-resume-contradiction")
"""Both examples render the same. The good one omits the contradicting setting."""

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
"""The API server or KServe's webhook refuses an object with this text.

This holds for the example on the page, and for the bad cases in tests/rules with built-in kinds.
"""

KSERVE = {
    "model-uri-malformed": r"StorageUri \[huggingface://Qwen/Qwen3-8B\] is not supported",
    "template-braces-in-arguments": "failed to replace placeholders in serving runtime",
}
"""KServe's controller reports this text in an event and does not create a Deployment."""

TAKEN = {
    "mount-path-used-twice/aidaptivcache-claim-over-the-staged-model": "the API server compares paths as text",
    "mount-path-used-twice/vllm-slash-at-the-end": "the API server compares paths as text",
    "reference-to-absent-object/broken-chart": "its objects are accepted, but refer to nothing",
    "reference-to-absent-object/nim-port-of-the-service": "the Service is accepted, but has no endpoints",
    "reference-to-absent-object/vllm-named-port": "the Service is accepted, but has no endpoints",
}
"""Bad cases of these rules that the API server accepts, and why."""

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
"""vLLM fails or warns with this text, but not for the good example (tests/data/vllm-starts-*.jsonl)."""

SIMULATOR = {
    "device-list-shorter-than-ranks": r"World size \(2\) is larger than the number of available GPUs \(1\)",
    "tensor-parallel-exceeds-gpus": r"World size \(4\) is larger than the number of available GPUs \(2\)",
}
"""The simulator fails with this text of vLLM, which would need GPUs to show it."""

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
"""A test shows it that does more than compare a text; its path is relative to tests."""

NOT_SHOWN = {
    "cpu-target-without-request": "the autoscaler reports it only with a metrics server",
    "gpus-per-node-differs-from-limit": "mpirun would need GPUs",
    "image-tag-floating": "the image behind the tag would have to change",
    "ingress-rule-incomplete": "the ingress controller answers 503",
    "lora-rank-unsupported": "the parser refuses it since 0.11.1; start-up of earlier releases is not recorded",
    "ssd-offload-without-device": "it needs an aiDAPTIVCache device",
    "suppression-unused": "only lint reads the comment",
    "unsafe-engine-switch": "nothing happens until an attacker uses it",
}
"""Why no test shows it."""

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
