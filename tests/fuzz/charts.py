"""The charts that cases lint: our own, and small ones."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from helm_llm.serving import CHARTS

ROOT = Path(__file__).parents[2]
NAMES = tuple(CHARTS)


@lru_cache
def files_of(name: str, top: str = "chart") -> dict[str, bytes]:
    """Return the files of one of our charts, in the directory `top`, without its scenarios."""
    chart = ROOT / "charts" / name
    files = {}
    for path in sorted(chart.rglob("*")):
        inside = path.relative_to(chart)
        if path.is_file() and inside.parts[0] != "ci" and path.name != "README.md":
            files[f"{top}/{inside}"] = path.read_bytes()
    return files


@lru_cache
def scenarios(name: str) -> tuple[str, ...]:
    """Return the texts of the chart's values.yaml and ci/*-values.yaml."""
    chart = ROOT / "charts" / name
    return tuple(
        path.read_text("utf-8")
        for path in [chart / "values.yaml", *sorted(chart.glob("ci/*-values.yaml"))]
    )


def scenario(name: str, index: int) -> Any:
    """Return the parsed text of one of them, as a new tree."""
    texts = scenarios(name)
    return yaml.load(texts[index % len(texts)], yaml.CSafeLoader) or {}


def printing(manifests: bytes) -> dict[str, bytes]:
    """Return the files of a chart that always renders to this text."""
    return {
        "chart/Chart.yaml": b"apiVersion: v2\nname: printing\nversion: 0.1.0\n",
        "chart/values.yaml": b"image: vllm/vllm-openai:v0.11.0\nreplicas: 1\nargs: []\nnested: {key: value}\n",
        "chart/templates/all.yaml": b'{{ .Files.Get "manifests.yaml" }}\n',
        "chart/manifests.yaml": manifests,
    }
