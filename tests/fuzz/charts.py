"""The charts that cases lint: our own four, and small ones."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
NAMES = ("vllm", "nim-llm", "kserve-vllm", "aidaptivcache")


@lru_cache
def files_of(name: str, top: str = "chart") -> dict[str, bytes]:
    """The files of one of our charts, below the directory `top`, without its scenarios."""
    chart = ROOT / "charts" / name
    found = sorted(
        path
        for path in chart.rglob("*")
        if path.is_file() and "ci" not in path.relative_to(chart).parts
    )
    return {
        f"{top}/{path.relative_to(chart)}": path.read_bytes()
        for path in found
        if path.name != "README.md"
    }


@lru_cache
def scenarios(name: str) -> tuple[str, ...]:
    """The text of each of a chart's ci/*-values.yaml, and of its defaults."""
    chart = ROOT / "charts" / name
    return tuple(
        path.read_text("utf-8")
        for path in [chart / "values.yaml", *sorted(chart.glob("ci/*-values.yaml"))]
    )


def scenario(name: str, index: int) -> Any:
    """The tree of one of them, a new one each time."""
    texts = scenarios(name)
    return yaml.load(texts[index % len(texts)], yaml.CSafeLoader) or {}


def printing(manifests: bytes) -> dict[str, bytes]:
    """A chart that renders to this text whatever its values are."""
    return {
        "chart/Chart.yaml": b"apiVersion: v2\nname: printing\nversion: 0.1.0\n",
        "chart/values.yaml": b"image: vllm/vllm-openai:v0.11.0\nreplicas: 1\nargs: []\nnested: {key: value}\n",
        "chart/templates/all.yaml": b'{{ .Files.Get "manifests.yaml" }}\n',
        "chart/manifests.yaml": manifests,
    }
