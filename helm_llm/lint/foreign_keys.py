"""Keys that other charts, older releases and guides use, and what they are called here."""

from collections.abc import Mapping

from helm_llm.keypath import KeyPath

FOREIGN_KEYS: Mapping[str, Mapping[KeyPath, tuple[str, ...]]] = {
    "nim-llm": {
        ("probes",): ("livenessProbe", "readinessProbe", "startupProbe"),
        ("securityContext",): ("podSecurityContext", "containerSecurityContext"),
        ("service", "port"): ("service.openaiPort",),
        ("service", "ports"): ("service.openaiPort",),
        ("fullname",): ("fullnameOverride",),
        ("models",): ("model",),
        ("llmModel",): ("model.name",),
    },
    "vllm": {
        ("useKAIScheduler",): ("kaischeduler",),
        ("tensorParallelSize",): ("vllm.tensorParallelSize",),
        ("model",): ("vllm.model",),
        ("maxModelLen",): ("vllm.maxModelLen",),
    },
    "kserve-vllm": {
        ("model", "resources"): ("resources",),
        ("inferenceService", "storage"): ("model",),
        ("inferenceService", "args"): ("model.args",),
        ("servingRuntime", "image"): ("image",),
    },
    "aidaptivcache": {
        ("replicas",): ("deployment.replicas",),
        ("maxModelLen",): ("vllm.args.maxModelLen",),
        ("enableChunkedPrefill",): ("vllm.args.enableChunkedPrefill",),
        ("enablePrefixCaching",): ("vllm.args.enablePrefixCaching",),
        ("ssdKvOffloadGb",): ("vllm.args.ssdKvOffloadGb",),
    },
}
