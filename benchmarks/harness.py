"""Compare the time of `helm llm test` with the same steps by hand, and of several cases at once.

    make cluster; KUBECONFIG=... python benchmarks/harness.py [--markdown] [--repeats N] [--cases N]

It needs a kind cluster with the test images. The engines are simulated: inference is not measured.
"""

import argparse
import json
import os
import shlex
import sys
import tempfile
from pathlib import Path

from measure import Costs, Step, command, interleaved
from tables import costs_table, format_table

from helm_llm import __version__

ROOT = Path(__file__).parents[1]
CHART = str(ROOT / "charts/vllm")
VALUES = {
    "image": {
        "repository": "helm-llm/simulator",
        "tag": __version__,
        "pullPolicy": "IfNotPresent",
    },
    "tests": {"image": f"helm-llm/curl:{__version__}"},
    "vllm": {"env": [{"name": "SIM_GPUS", "value": "1"}]},
    "resources": {
        "limits": {"nvidia.com/gpu": None},
        "requests": {"nvidia.com/gpu": None},
    },
    # The chart's delay, but not its period of 15 s: one probe more or less would hide the difference.
    "slowStart": {"enabled": False},
    "startupProbe": {"initialDelaySeconds": 30, "periodSeconds": 1},
    "readinessProbe": {"periodSeconds": 1},
}
BY_HAND = """
set -e
kubectl create namespace bench
{helm} upgrade --install mine {chart} -f {values} -n bench
kubectl rollout status deployment/mine-vllm -n bench
kubectl port-forward service/mine-vllm -n bench 18000:8000 & forward=$!
trap 'kill $forward' EXIT
ask() {{ curl -fsS --retry 20 --retry-delay 1 --retry-connrefused "http://127.0.0.1:18000/v1/$@"; }}
ask models
{helm} test mine -n bench
ask completions -H 'Content-Type: application/json' -d '{{"model": "Qwen/Qwen3-0.6B", "prompt": "Hello"}}'
for stream in false true; do
  ask chat/completions -H 'Content-Type: application/json' \\
    -d '{{"model": "Qwen/Qwen3-0.6B", "messages": [{{"role": "user", "content": "Hello"}}], "stream": '$stream'}}'
done
{helm} uninstall mine -n bench
kubectl delete namespace bench
"""


def one_case(helm: str, values: Path, repeats: int) -> dict[str, Costs]:
    """Measure namespace, installation, tests, requests and removal of one case."""
    script = BY_HAND.format(helm=shlex.quote(helm), chart=CHART, values=values)
    steps = {
        "by hand": command("bash", "-c", script, expected=(0,)),
        "helm llm test": ours(CHART, "-f", str(values), "-n", "bench"),
    }
    return interleaved(steps, repeats)


def many_cases(directory: Path, count: int) -> dict[str, Costs]:
    """Measure `count` cases with one job, two, four and so on."""
    chart = chart_with_scenarios(directory, count)
    measured = {}
    for power in range(count.bit_length()):
        jobs = 2**power
        cost = ours(chart, f"-j{jobs}")()
        measured[f"{count} cases, -j {jobs}"] = Costs.of([cost])
    return measured


def chart_with_scenarios(directory: Path, count: int) -> str:
    """Return a copy of the chart whose scenarios differ only in name."""
    chart = directory / "vllm"
    chart.mkdir()
    for part in Path(CHART).iterdir():
        if part.name != "ci":
            (chart / part.name).symlink_to(part)
    (chart / "ci").mkdir()
    for number in range(count):
        (chart / "ci" / f"case-{number}-values.yaml").write_text(json.dumps(VALUES))
    return str(chart)


def ours(*arguments: str) -> Step:
    return command(
        sys.executable, "-m", "helm_llm", "test", "mine", *arguments, expected=(0,)
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cases", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        values = Path(name, "values.yaml")
        values.write_text(json.dumps(VALUES))
        measured = one_case(os.environ.get("HELM_BIN", "helm"), values, options.repeats)
        ratio = measured["helm llm test"].wall.median / measured["by hand"].wall.median
        measured |= many_cases(Path(name), options.cases)
    print(format_table(costs_table(measured), markdown=options.markdown))
    print(
        f"\nhelm llm test takes {ratio:.2f}x the time of the same steps by hand (target: at most 1.1x)"
    )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
