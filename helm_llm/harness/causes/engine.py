"""What the engine itself says before it gives up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm.harness.causes.statuses import died
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line of the engine, and what it means; groups of the pattern stand in the sentence."""

    cause: str
    pattern: str
    sentence: str
    help: str
    rule: str | None = None


_COMPLAINTS: tuple[Complaint, ...] = (
    Complaint(
        "engine-argument",
        r"error: unrecognized arguments: (?P<what>.+)",
        "the engine does not know the argument {what}",
        "take it out, or use an image that knows it: arguments come and go with vLLM releases",
    ),
    Complaint(
        "engine-argument",
        r"error: argument (?P<flag>[^:]+): (?P<why>invalid \w+ value: '[\d.]+e\+?\d+')",
        "the engine refuses the argument {flag}: {why}",
        "Helm prints large integers so: pass the number as a string",
        "number-in-scientific-notation",
    ),
    Complaint(
        "engine-argument",
        r"error: (?:argument )?(?P<what>(?:-|ambiguous option).+)",
        "the engine refuses an argument: {what}",
        "correct the value it names",
    ),
    Complaint(
        "engine-argument",
        r"(?:TypeError|ValueError): (?P<what>Error: --\S+ requires .+)",
        "the engine refuses its arguments: {what}",
        "give the argument it asks for",
    ),
    Complaint(
        "tensor-parallel",
        r"World size \((?P<ranks>\d+)\) is larger than the number of available GPUs \((?P<gpus>\d+)\)",
        "the engine is to start {ranks} workers, the container has {gpus} GPUs",
        "set the GPU limit to {ranks}, or lower the parallel sizes to {gpus}",
        "tensor-parallel-exceeds-gpus",
    ),
    Complaint(
        "tensor-parallel",
        r"Tensor parallel size \((?P<ranks>\d+)\) cannot be larger than the number of available GPUs \((?P<gpus>\d+)\)",
        "the engine is to start {ranks} workers, the container has {gpus} GPUs",
        "set the GPU limit to {ranks}, or lower tensorParallelSize to {gpus}",
        "tensor-parallel-exceeds-gpus",
    ),
    Complaint(
        "tensor-parallel",
        r"DP adjusted local rank (?P<rank>\d+) is out of bounds for (?P<gpus>\d+) devices",
        "the engine starts more workers than the {gpus} GPUs the container has",
        "set the GPU limit to the number of ranks, or lower the parallel sizes",
        "tensor-parallel-exceeds-gpus",
    ),
    Complaint(
        "gpu-not-visible",
        r"Failed to infer device type|No CUDA GPUs are available|NVIDIA Driver was not detected"
        r"|could not select device driver",
        "the engine sees no GPU in its container",
        "set a GPU limit; where GPUs need a RuntimeClass, set runtimeClassName: nvidia",
    ),
    Complaint(
        "gpu-memory",
        r"(?P<what>No available memory for the cache blocks|CUDA out of memory|torch\.OutOfMemoryError"
        r"|Free memory on device .* is less than desired GPU memory utilization)",
        "the GPU's memory does not hold the model and its cache: {what}",
        "use more GPUs (tensorParallelSize), a smaller maxModelLen or model, or close what else uses the GPU",
    ),
    Complaint(
        "context-too-long",
        r"max seq len \((?P<wanted>\d+)\).*?larger than the (?:available KV cache memory|maximum number of tokens)",
        "the KV cache has no room for one sequence of {wanted} tokens",
        "lower maxModelLen, or raise gpuMemoryUtilization",
    ),
    Complaint(
        "context-too-long",
        r"max_model_len \((?P<wanted>\d+)\) is greater than the derived max_model_len \([^)]*?(?P<most>\d+)",
        "maxModelLen is {wanted}, the model was made for {most}",
        "lower maxModelLen to {most}",
    ),
    Complaint(
        "model-gated",
        r"Cannot access gated repo|GatedRepoError|Access to model (?P<what>\S+) is restricted|401 Client Error",
        "Hugging Face does not let the engine have the model",
        "accept its licence there, and give a token that may read it: huggingfaceToken",
    ),
    Complaint(
        "model-not-found",
        r"Invalid repository ID or local directory specified: '(?P<what>[^']+)'",
        "there is no model at {what}",
        "check the model's name; a path has to be on a mounted volume",
    ),
    Complaint(
        "model-not-found",
        r"RepositoryNotFoundError|(?P<what>\S+) is not a local folder and is not a valid model identifier",
        "Hugging Face has no such model, or the token may not see it",
        "check the model's name and the token",
    ),
    Complaint(
        "model-unreachable",
        r"(?:Failed to resolve|Max retries exceeded).*?(?P<host>huggingface\.co|api\.ngc\.nvidia\.com)",
        "the pod cannot reach {host}",
        "check its proxy and network policies, or serve the model from a volume",
    ),
    Complaint(
        "key-missing",
        r"(?P<what>(?:NGC_API_KEY|NGC_CLI_API_KEY|HF_TOKEN)\S*) .*?(?:is not set|not set|missing|required|invalid)",
        "the engine has no usable {what}",
        "name the Secret that holds it, and its key",
    ),
    Complaint(
        "port-in-use",
        r"\[Errno 98\] (?:Address already in use|error while attempting to bind on address)",
        "another process holds the engine's port in the pod",
        "choose another port: a sidecar or the host network uses this one",
    ),
    Complaint(
        "service-links",
        r"VLLM_PORT '(?P<what>[^']+)' appears to be a URI",
        "Kubernetes set VLLM_PORT to {what}, because a Service is named vllm",
        "set enableServiceLinks to false, or name the release otherwise",
    ),
    Complaint(
        "not-writable",
        r"(?:PermissionError: \[Errno 13\] Permission denied|\[Errno 30\] Read-only file system): '(?P<what>[^']+)'",
        "the container may not write to {what}",
        "set fsGroup to the user of the container, or mount a writable volume there",
    ),
    Complaint(
        "disk-full",
        r"\[Errno 28\] No space left on device",
        "a volume of the container is full",
        "enlarge the claim, or the emptyDir's size limit",
    ),
)


def engine_refuses(evidence: Evidence) -> Iterator[Diagnosis]:
    """The log of a container that died holds a line we know; the last such line counts."""
    for pod, status, _ in died(evidence):
        log = evidence.logs.get((name_of(pod), status["name"]), "")
        for line in reversed(log.splitlines()):
            yield from (
                Diagnosis(
                    complaint.cause,
                    complaint.sentence.format(**match.groupdict("")),
                    (line.strip(),),
                    complaint.help.format(**match.groupdict("")),
                    complaint.rule,
                )
                for complaint in _COMPLAINTS
                if (match := re.search(complaint.pattern, line))
            )
