"""Compare the cost of `helm-llm lint` with `helm lint` and `helm template` on the same input.

    python benchmarks/run.py [--markdown] [--repeats N] [--helm PATH]

It prints the costs, and compares them with targets.yaml. Each figure is a median over interleaved
repeats, with the quartiles. The load shows whether the machine was otherwise idle. Nothing is
written outside a temporary directory.
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
from corpus import write_values_files
from growth import growth_table, measure_growth, worst_growth
from measure import Costs, Step, command, interleaved, together
from tables import costs_table, format_table, targets_table

ROOT = Path(__file__).parents[1]
CHART = str(ROOT / "charts/vllm")
ONE_FILE = f"{CHART}/ci/tensor-parallel-values.yaml"
MANY, SAMPLE, RENDERED = 1000, 50, 200
CORES = os.cpu_count() or 1


def ours(*arguments: str) -> Step:
    return command(sys.executable, "-m", "helm_llm", "lint", CHART, *arguments)


def one_file(helm: str, repeats: int) -> dict[str, Costs]:
    """Measure one chart with one values file."""
    steps = {
        "helm lint": command(helm, "lint", CHART, "-f", ONE_FILE),
        "helm-llm lint --no-render": ours("-f", ONE_FILE, "--no-render"),
        "helm template": command(helm, "template", CHART, "-f", ONE_FILE),
        "helm-llm lint": ours("-f", ONE_FILE),
        "python -c pass": command(sys.executable, "-c", "pass"),
    }
    return interleaved(steps, repeats)


def many_files(helm: str, directory: Path, repeats: int) -> dict[str, Costs]:
    """Measure one chart with many values files, each linted by itself."""
    directory.mkdir()
    write_values_files(directory, MANY)
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


def target_figures(
    one: Mapping[str, Costs], many: Mapping[str, Costs], doubled: float
) -> dict[str, float]:
    """Return the measured figure for each target in targets.yaml."""
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


def describe_machine(helm: str) -> Iterator[str]:
    """Yield lines about the machine, the versions and the load."""
    cpu = platform.processor()
    if platform.system() == "Linux":
        model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        cpu = model[1] if model else cpu
    helm_version = subprocess.run(
        [helm, "version", "--template", "{{.Version}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    yield f"{cpu}, {CORES} cores, {platform.system()} {platform.machine()}"
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("click", "pyyaml", "jsonschema-rs")
    )
    yield f"Helm {helm_version.stdout}, Python {platform.python_version()}, {libraries}"
    yield f"load before: {os.getloadavg()[0]:.1f}"


def prepare_environment(helm: str, scratch: str) -> None:
    """Select this checkout and this Helm, with empty caches that the first round fills."""
    os.environ |= {
        "HELM_BIN": helm,
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": f"{scratch}/cache",
    }
    os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
    # Some images disable bytecode, without which each start would compile all modules.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare helm-llm with Helm.")
    parser.add_argument(
        "--markdown",
        action="store_true",
        help="print Markdown tables for docs/performance.md",
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=15,
        help="repeats with one file (default: 15); a fifth of them with many files",
    )
    parser.add_argument(
        "--helm",
        default=os.environ.get("HELM_BIN", "helm"),
        help="path of the Helm to compare with",
    )
    options = parser.parse_args()
    targets = yaml.safe_load(Path(__file__).with_name("targets.yaml").read_text())
    print(*describe_machine(options.helm), sep="\n", end="\n\n")
    with tempfile.TemporaryDirectory() as scratch:
        prepare_environment(options.helm, scratch)
        one = one_file(options.helm, options.repeats)
        many = many_files(
            options.helm, Path(scratch, "values"), max(options.repeats // 5, 1)
        )
        grown = measure_growth(
            Path(scratch, "growth"),
            ours,
            lambda file: command(options.helm, "template", CHART, "-f", file),
        )
    figures = target_figures(one, many, worst_growth(grown))
    verdicts = targets_table(targets, figures)
    for rows in (costs_table({**one, **many}), growth_table(grown), verdicts):
        print(format_table(rows, markdown=options.markdown), end="\n\n")


if __name__ == "__main__":
    main()
