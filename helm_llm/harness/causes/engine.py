"""Error messages of the engine before it exits."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.causes.statuses import failed_containers
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import text

PATTERNS = (
    # The argument parser of vLLM, which is argparse.
    Pattern(
        "engine-argument",
        r"error: unrecognized arguments: (?P<what>.+)",
        "the engine does not know the argument {what}",
        "take it out, or use an image that knows it: arguments come and go with vLLM releases",
    ),
    Pattern(
        "engine-argument",
        r"error: argument (?P<flag>[^:]+): (?P<why>invalid \w+ value: '[\d.]+e\+?\d+')",
        "the engine refuses the argument {flag}: {why}",
        "Helm prints large integers so: pass the number as a string",
        "number-in-scientific-notation",
    ),
    Pattern(
        "engine-argument",
        r"error: (?:argument )?(?P<what>(?:-|ambiguous option).+)",
        "the engine refuses an argument: {what}",
        "correct the value it names",
    ),
    Pattern(
        "engine-argument",
        r"(?:TypeError|ValueError): (?P<what>Error: --\S+ requires .+)",
        "the engine refuses its arguments: {what}",
        "give the argument it asks for",
    ),
    # More ranks than GPUs.
    Pattern(
        "tensor-parallel",
        r"World size \((?P<ranks>\d+)\) is larger than the number of available GPUs \((?P<gpus>\d+)\)",
        "the engine starts {ranks} workers, but the container has {gpus} GPUs",
        "set the GPU limit to {ranks}, or lower the parallel sizes to {gpus}",
        "tensor-parallel-exceeds-gpus",
    ),
    Pattern(
        "tensor-parallel",
        r"Tensor parallel size \((?P<ranks>\d+)\) cannot be larger than the number of available GPUs \((?P<gpus>\d+)\)",
        "the engine starts {ranks} workers, but the container has {gpus} GPUs",
        "set the GPU limit to {ranks}, or lower tensorParallelSize to {gpus}",
        "tensor-parallel-exceeds-gpus",
    ),
    Pattern(
        "tensor-parallel",
        r"DP adjusted local rank (?P<rank>\d+) is out of bounds for (?P<gpus>\d+) devices",
        "the engine starts more workers than the {gpus} GPUs the container has",
        "set the GPU limit to the number of ranks, or lower the parallel sizes",
        "tensor-parallel-exceeds-gpus",
    ),
    # GPUs and their memory.
    Pattern(
        "gpu-not-visible",
        r"Failed to infer device type|No CUDA GPUs are available|NVIDIA Driver was not detected"
        r"|could not select device driver",
        "the engine sees no GPU in its container",
        "set a GPU limit; where GPUs need a RuntimeClass, set runtimeClassName: nvidia",
    ),
    Pattern(
        "gpu-memory",
        r"(?P<what>No available memory for the cache blocks|CUDA out of memory|torch\.OutOfMemoryError"
        r"|Free memory on device .* is less than desired GPU memory utilization)",
        "the model and its cache do not fit into GPU memory: {what}",
        "use more GPUs (tensorParallelSize), a smaller maxModelLen or model, or close what else uses the GPU",
    ),
    Pattern(
        "context-too-long",
        r"max seq len \((?P<wanted>\d+)\).*?larger than the (?:available KV cache memory|maximum number of tokens)",
        "the KV cache has no room for one sequence of {wanted} tokens",
        "lower maxModelLen, or raise gpuMemoryUtilization",
    ),
    Pattern(
        "context-too-long",
        r"max_model_len \((?P<wanted>\d+)\) is greater than the derived max_model_len \([^)]*?(?P<most>\d+)",
        "maxModelLen is {wanted}, but the model supports at most {most}",
        "lower maxModelLen to {most}",
    ),
    # The download of the model.
    Pattern(
        "model-gated",
        r"Cannot access gated repo|GatedRepoError|Access to model (?P<what>\S+) is restricted|401 Client Error",
        "the model is gated, and Hugging Face refuses the download",
        "accept its licence there, and give a token that may read it: huggingfaceToken",
    ),
    Pattern(
        "model-not-found",
        r"Invalid repository ID or local directory specified: '(?P<what>[^']+)'",
        "there is no model at {what}",
        "check the model's name; a path must be on a mounted volume",
    ),
    Pattern(
        "model-not-found",
        r"RepositoryNotFoundError|(?P<what>\S+) is not a local folder and is not a valid model identifier",
        "Hugging Face has no such model, or the token has no access to it",
        "check the model's name and the token",
    ),
    Pattern(
        "model-unreachable",
        r"(?:Failed to resolve|Max retries exceeded).*?(?P<host>huggingface\.co|api\.ngc\.nvidia\.com)",
        "the pod cannot reach {host}",
        "check its proxy and network policies, or serve the model from a volume",
    ),
    # The environment of the container.
    Pattern(
        "key-missing",
        r"(?P<what>(?:NGC_API_KEY|NGC_CLI_API_KEY|HF_TOKEN)\S*) .*?(?:is not set|not set|missing|required|invalid)",
        "the engine has no usable {what}",
        "name the Secret that holds it, and its key",
    ),
    Pattern(
        "port-in-use",
        r"\[Errno 98\] (?:Address already in use|error while attempting to bind on address)",
        "another process in the pod already uses the engine's port",
        "choose another port: a sidecar or the host network uses this one",
    ),
    Pattern(
        "service-links",
        r"VLLM_PORT '(?P<what>[^']+)' appears to be a URI",
        "Kubernetes set VLLM_PORT to {what} because a Service is named vllm",
        "set enableServiceLinks to false, or name the release otherwise",
    ),
    Pattern(
        "not-writable",
        r"(?:PermissionError: \[Errno 13\] Permission denied|\[Errno 30\] Read-only file system): '(?P<what>[^']+)'",
        "the container has no permission to write to {what}",
        "set fsGroup to the user of the container, or mount a writable volume there",
    ),
    Pattern(
        "disk-full",
        r"\[Errno 28\] No space left on device",
        "a volume of the container is full",
        "enlarge the claim, or the emptyDir's size limit",
    ),
)


def engine_error(evidence: Evidence) -> Iterator[Diagnosis]:
    """The log of a failed container has a known message; the last one counts."""
    for pod, status, _ in failed_containers(evidence):
        log = evidence.log_of(pod, text(status, "name"))
        # Python prints the reason last, after the traceback.
        for line in reversed(log.splitlines()):
            yield from find_known(PATTERNS, line, (line.strip(),))
