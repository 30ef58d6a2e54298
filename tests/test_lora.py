"""The download of LoRA adapters outside of the chart."""

import os
import subprocess
from pathlib import Path

import yaml

from helm_llm import lora

CHART = Path(__file__).parents[1] / "charts" / "nim-llm"


def test_it_is_the_charts() -> None:
    assert lora.SCRIPT.read_text() == (CHART / "files" / lora.SCRIPT.name).read_text()
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())["lora"]
    assert (defaults["image"], defaults["hubVersion"]) == (lora.IMAGE, lora.HUB_VERSION)


def test_it_runs(tmp_path: Path) -> None:
    hf = tmp_path / "hf"
    hf.write_text(
        f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\nfor directory; do :; done\nmkdir -p "$directory"\n'
        'touch "$directory/adapter_config.json" "$directory/adapter_model.bin"\n'
    )
    hf.chmod(0o755)
    adapters = lora.Adapters(
        ("acme/a", "acme/b@v1"), str(tmp_path / "loras"), "1Gi", None
    )
    script = adapters.script.replace("/tmp/done", f"{tmp_path}/done")
    environment = {**adapters.env, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", script], env=environment, check=True, timeout=30)
    assert sorted(path.name for path in (tmp_path / "loras").iterdir()) == ["a", "b"]
    assert [
        call.split()[:4] for call in (tmp_path / "calls").read_text().splitlines()
    ] == [
        ["download", "acme/a", "--include", "adapter_config.json"],
        ["download", "acme/b", "--revision", "v1"],
    ]
