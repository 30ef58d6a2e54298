"""A model's config.json, from which lint computes sizes and shapes."""

import json
from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options
from tests.fuzz.odd import NUMBERS, Odd
from tests.fuzz.yaml_text import change_values, to_yaml

_MODEL: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "vocab_size": 128256,
    "intermediate_size": 14336,
    "torch_dtype": "bfloat16",
    "quantization_config": {"quant_method": "fp8", "bits": 4},
    "rope_scaling": {
        "factor": 8.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "llama3",
    },
    "text_config": {"num_attention_heads": 32, "hidden_size": 4096},
    "num_local_experts": 8,
}


def build(odd: Odd) -> Case:
    """Build a chart with facts about its model and its GPUs."""
    model = change_values(odd, json.loads(json.dumps(_MODEL)), 4)
    for key in odd.some(sorted(_MODEL), 3):
        model[key] = odd.one(NUMBERS)
    plain = json.dumps(model, default=str).encode()
    content = odd.one(
        [
            plain[: len(plain) // 2],
            b'{"a":' * 100_000,
            odd.garbage(),
            b"",
            b"[]",
            b"NaN",
            b'{"hidden_size": ' + b"9" * 5000 + b"}",
        ]
    )
    facts = {
        "gpu": odd.one(["H100-80GB", "L4", "A100", "x", ""]),
        "nodes": odd.one([1, 2, 0]),
        "modelConfig": "config.json",
    }
    target = {"chart": "chart", "values": ["v.yaml"]}
    values = change_values(odd, charts.scenario("vllm", odd.randrange(100)))
    return Case(
        kind="model-config",
        arguments=("--no-render", *options.printing(odd)),
        files={
            **charts.files_of("vllm"),
            ".helm-llm.yaml": to_yaml({"targets": [target], "facts": facts}).encode(),
            "config.json": content if odd.chance(15) else plain,
            "v.yaml": to_yaml(values).encode("utf-8", "surrogatepass"),
        },
    )
