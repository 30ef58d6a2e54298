"""Measure the time and memory of commands."""

import os
import shlex
import statistics
import time
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: elapsed seconds, CPU seconds including children, peak memory in MB.

    The memory is that of the largest process.
    """

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of repeated runs and the quartiles; minimum and maximum for fewer than four runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        if len(values) < 4:
            return cls(statistics.median(values), min(values), max(values))
        low, median, high = statistics.quantiles(values)
        return cls(median, low, high)


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of repeated runs."""

    wall: Figure
    cpu: Figure
    memory: Figure

    @classmethod
    def of(cls, runs: Sequence[Cost]) -> "Costs":
        return cls(
            wall=Figure.of([run.wall for run in runs]),
            cpu=Figure.of([run.cpu for run in runs]),
            memory=Figure.of([run.memory for run in runs]),
        )


Step = Callable[[], Cost]


def command(*argv: str, expected: Container[int] = (0, 1)) -> Step:
    """Return a step that runs a program without its output.

    An unexpected exit code ends the benchmark.
    """

    def run() -> Cost:
        silent = [
            (os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0)
            for stream in (1, 2)
        ]
        start = time.perf_counter()
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=silent)
        # Unlike getrusage, wait4 returns the usage of this child and its children only.
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
        if (code := os.waitstatus_to_exitcode(status)) not in expected:
            raise SystemExit(f"`{shlex.join(argv)}` failed with exit code {code}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)

    return run


def together(steps: Sequence[Step], workers: int = 1) -> Step:
    """Return a step that runs other steps, `workers` at a time."""

    def run() -> Cost:
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            costs = list(pool.map(lambda step: step(), steps))
        wall = time.perf_counter() - start
        cpu = sum(cost.cpu for cost in costs)
        return Cost(wall, cpu, max(cost.memory for cost in costs))

    return run


def interleaved(steps: Mapping[str, Step], repeats: int) -> dict[str, Costs]:
    """Run all steps in turn, `repeats` times after a first round that fills the caches.

    A slow moment of the machine then affects all steps alike.
    """
    runs: dict[str, list[Cost]] = {name: [] for name in steps}
    for number in range(repeats + 1):
        for name, step in steps.items():
            cost = step()
            if number:
                runs[name].append(cost)
    return {name: Costs.of(costs) for name, costs in runs.items()}
