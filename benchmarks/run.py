"""Measure `helm-llm lint` beside `helm lint` and `helm template` on the same input.

    python benchmarks/run.py [--markdown] [--repeats N] [--helm PATH]

Prints what each costs, and the ratios against targets.yaml. Nothing is written outside a temporary directory. Every
figure is a median over interleaved repeats, with the quartiles; the load tells whether the machine was quiet.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import yaml
from corpus import write
from growth import growth, growth_table, worst_growth
from measure import Costs, Step, command, interleaved, together
from tables import costs_table, targets_table, text

ROOT = Path(__file__).parents[1]
CHART = str(ROOT / "charts/vllm")
ONE_FILE = f"{CHART}/ci/tensor-parallel-values.yaml"
MANY, SAMPLE, RENDERED = 1000, 50, 200
CORES = os.cpu_count() or 1


def ours(*arguments: str) -> Step:
    return command(sys.executable, "-m", "helm_llm", "lint", CHART, *arguments)


def one_file(helm: str, repeats: int) -> dict[str, Costs]:
    """One chart with one values file."""
    steps = {
        "helm lint": command(helm, "lint", CHART, "-f", ONE_FILE),
        "helm-llm lint --no-render": ours("-f", ONE_FILE, "--no-render"),
        "helm template": command(helm, "template", CHART, "-f", ONE_FILE),
        "helm-llm lint": ours("-f", ONE_FILE),
        "python -c pass": command(sys.executable, "-c", "pass"),
    }
    return interleaved(steps, repeats)


def many_files(helm: str, directory: Path, repeats: int) -> dict[str, Costs]:
    """One chart with many values files, each linted on its own."""
    directory.mkdir()
    write(directory, MANY)
    files = sorted(map(str, directory.iterdir()))
    loop = [command(helm, "lint", CHART, "-f", file) for file in files[:SAMPLE]]
    renders = [
        command(helm, "template", CHART, "-f", file) for file in files[:RENDERED]
    ]
    steps = {
        f"helm lint, {SAMPLE} files one by one": together(loop),
        f"helm-llm lint --no-render, {MANY} files": ours(
            "--each", f"{directory}/*.yaml", "--no-render"
        ),
        f"helm template, {RENDERED} files, {CORES} at a time": together(renders, CORES),
        f"helm-llm lint, {RENDERED} files": ours("--each", f"{directory}/0[01]*.yaml"),
    }
    return interleaved(steps, repeats)


def against_targets(
    one: Mapping[str, Costs], many: Mapping[str, Costs], doubled: float
) -> dict[str, float]:
    """What targets.yaml names."""
    lint, unrendered, template, rendered, _ = one.values()
    loop, all_unrendered, bare, all_rendered = many.values()
    return {
        "one-file-wall": unrendered.wall.median / lint.wall.median,
        "one-file-cpu": unrendered.cpu.median,
        "rendered-wall": rendered.wall.median / template.wall.median,
        "many-files": (loop.wall.median / SAMPLE) / (all_unrendered.wall.median / MANY),
        "many-rendered": bare.wall.median / all_rendered.wall.median,
        "memory": all_unrendered.memory.median,
        "growth": doubled,
    }


def header(helm: str) -> Iterator[str]:
    """What was measured, on what."""
    cpu = (
        re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        if platform.system() == "Linux"
        else None
    )
    asked = subprocess.run(
        [helm, "version", "--template", "{{.Version}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    yield f"{cpu[1] if cpu else platform.processor()}, {CORES} cores, {platform.system()} {platform.machine()}"
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("click", "pyyaml", "jsonschema-rs")
    )
    yield f"Helm {asked.stdout}, Python {platform.python_version()}, {libraries}"
    yield f"load before: {os.getloadavg()[0]:.1f}"


def prepare_environment(helm: str, scratch: str) -> None:
    """This checkout, the Helm it is compared with, and caches of their own that the first round fills."""
    os.environ |= {
        "HELM_BIN": helm,
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": f"{scratch}/cache",
    }
    os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure helm-llm beside Helm.")
    parser.add_argument(
        "--markdown",
        action="store_true",
        help="print the tables as docs/performance.md holds them",
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=15,
        help="repeats of one file; many files take a fifth of them",
    )
    parser.add_argument(
        "--helm",
        default=os.environ.get("HELM_BIN", "helm"),
        help="the Helm to compare with",
    )
    options = parser.parse_args()
    targets = yaml.safe_load(Path(__file__).with_name("targets.yaml").read_text())
    print(*header(options.helm), sep="\n", end="\n\n")
    with tempfile.TemporaryDirectory() as scratch:
        prepare_environment(options.helm, scratch)
        one = one_file(options.helm, options.repeats)
        many = many_files(
            options.helm, Path(scratch, "values"), max(options.repeats // 5, 1)
        )
        grown = growth(
            Path(scratch, "growth"),
            ours,
            lambda file: command(options.helm, "template", CHART, "-f", file),
        )
    verdicts = targets_table(targets, against_targets(one, many, worst_growth(grown)))
    for rows in (costs_table({**one, **many}), growth_table(grown), verdicts):
        print(text(rows, markdown=options.markdown), end="\n\n")


if __name__ == "__main__":
    main()
