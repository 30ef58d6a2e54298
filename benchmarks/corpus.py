"""Write realistic values files for the vllm chart.

They have comments and a dozen keys, and differ from each other. Every run writes the same ones.
"""

import random
from pathlib import Path

TEMPLATE = """\
# {name}: production overlay
replicaCount: {replicas}

image:
  tag: "v0.{minor}.0"

vllm:
  # the model, and how much of its context we use
  model: {model}
  servedModelName: [{name}]
  maxModelLen: {context}
  gpuMemoryUtilization: {memory}
  tensorParallelSize: {ranks}
  additionalArgs:
    - --enable-prefix-caching
    - --max-num-seqs
    - {sequences}
  env:
    - name: HF_HOME
      value: /root/.cache/huggingface
    - name: VLLM_LOGGING_LEVEL
      value: {level}

resources:
  limits:
    cpu: "8"
    memory: {ram}Gi
    nvidia.com/gpu: {gpus}
  requests:
    cpu: "4"
    memory: {ram}Gi
    nvidia.com/gpu: {gpus}

persistence:
  enabled: true
  storageClass: {storage_class}
  accessMode: ReadWriteMany
  size: {disk}Gi

slowStart:
  maxStartupSeconds: {startup}

nodeSelector:
  nvidia.com/gpu.product: {gpu}
tolerations:
  - key: nvidia.com/gpu
    operator: Exists
    effect: NoSchedule

service:
  annotations: {{prometheus.io/scrape: "true", prometheus.io/port: "8000"}}
"""


def write_values_files(directory: Path, count: int) -> None:
    """Write `count` files. In one of ten, the pod has fewer GPUs than the engine has ranks."""
    # The order of the choices below is part of the benchmark: another one makes other files.
    choose = random.Random(count)
    for number in range(count):
        ranks = choose.choice((1, 2, 4, 8))
        text = TEMPLATE.format(
            name=f"assistant-{number:04}",
            replicas=choose.randint(1, 4),
            minor=choose.randint(30, 33),
            model=choose.choice(
                (
                    "Qwen/Qwen3-8B",
                    "meta-llama/Llama-3.1-8B-Instruct",
                    "mistralai/Mistral-7B-v0.3",
                )
            ),
            context=choose.choice((2048, 8192, 32768)),
            memory=choose.choice((0.8, 0.85, 0.9)),
            ranks=ranks,
            sequences=choose.choice((32, 64, 256)),
            level=choose.choice(("INFO", "WARNING")),
            ram=choose.choice((32, 64, 128)),
            gpus=_gpus_for(ranks, choose),
            storage_class=choose.choice(("standard", "fast-ssd", "longhorn")),
            disk=choose.choice((50, 100, 200)),
            startup=choose.choice((600, 1200, 1800)),
            gpu=choose.choice(
                ("NVIDIA-L4", "NVIDIA-A100-SXM4-80GB", "NVIDIA-H100-80GB-HBM3")
            ),
        )
        (directory / f"{number:04}.yaml").write_text(text, encoding="utf-8")


def _gpus_for(ranks: int, choose: random.Random) -> int:
    if choose.random() < 0.1:
        return max(ranks // 2, 1)
    return ranks
