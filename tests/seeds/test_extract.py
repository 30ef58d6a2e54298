"""extract.py reads keys, types, defaults and examples from documents of each form."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCUMENTS = {
    "000_table.txt": """
        | Parameter | Purpose | Default |
        |---|---|---|
        | `image.tag` | which image | `"1.2"` |
        | `resources.limits.nvidia.com/gpu` | GPUs | `1` |
        | `startupProbe.*` | a probe | see below |

        ```console
        $ ls
        helm install demo chart --set image.tag=2.0 --set persistence.enabled=true
        ```
    """,
    "001_blocks.txt": """
        ## Configuration

        ```yaml
        vllm:
          args:
            model: demo
            # seed: 7
        ```

        **Optional Parameters** (commented by default):
        - `swap`: space

        ## Other
    """,
    "002_commands.txt": """
        ```bash
        helm install demo chart --set replicas=2 --set 'args[0]=--seed'
        ```
    """,
    "003_constructor.txt": """
        The `NIM` class, you configure the following parameters:
        - `port`: the port, default is `8000`
        - `image`: the image
    """,
    "004_table.txt": """
        | `replicaCount` | replicas | `1` |
    """,
}
KEYS = {
    "nim-llm": {
        "image.tag": {"type": "string", "default": "1.2"},
        r"resources.limits.nvidia\.com/gpu": {"type": "integer", "default": 1},
        "startupProbe": {"type": "object"},
    },
    "aidaptivcache": {
        "vllm.args.model": {"type": "string", "default": "demo"},
        "vllm.args.seed": {"type": "integer"},
        "vllm.args.swap": {},
    },
    "kserve-vllm": {"replicas": {"type": "integer"}, "args": {"type": "array"}},
    "flyte": {"NIM.port": {"type": "integer", "default": 8000}, "NIM.image": {}},
    "vllm": {"replicaCount": {"type": "integer", "default": 1}},
}
EXAMPLES = {
    "nim-llm/01-image-persistence.set": ["image.tag=2.0", "persistence.enabled=true"],
    "aidaptivcache/01-vllm.yaml": {"vllm": {"args": {"model": "demo"}}},
    "kserve-vllm/01-replicas-args.set": ["replicas=2", "args[0]=--seed"],
}


@pytest.fixture
def extracted(tmp_path: Path) -> Path:
    """The output of the extractor for these documents."""
    documents, output = tmp_path / "documents", tmp_path / "output"
    documents.mkdir()
    output.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(dedent(text), "utf-8")
    script = ROOT / "ci/seeds/extract.py"
    command = [sys.executable, str(script), str(documents), str(output)]
    subprocess.run(command, check=True)
    return output


def test_keys_types_and_defaults(extracted: Path) -> None:
    assert yaml.safe_load((extracted / "keys.yaml").read_text("utf-8")) == KEYS


def test_examples(extracted: Path) -> None:
    examples = extracted / "examples"
    found = {
        str(path.relative_to(examples)): yaml.safe_load(path.read_text("utf-8"))
        for path in examples.glob("*/*")
    }
    assert found == EXAMPLES
