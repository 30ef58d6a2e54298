"""Run commands and tell what they cost."""

import os
import shlex
import statistics
import time
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: seconds on the clock, seconds of CPU with all children, peak memory of the largest process in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of repeated runs, and the quartiles beside it; the extremes when there are too few for quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        few = len(values) < 4
        low, middle, high = (
            (min(values), statistics.median(values), max(values))
            if few
            else statistics.quantiles(values)
        )
        return cls(middle, low, high)


@dataclass(frozen=True, slots=True)
class Costs:
    """What repeated runs cost."""

    wall: Figure
    cpu: Figure
    memory: Figure

    @classmethod
    def of(cls, runs: Sequence[Cost]) -> "Costs":
        return cls(
            *(Figure.of([getattr(run, name) for run in runs]) for name in cls.__slots__)
        )


Step = Callable[[], Cost]


def command(*argv: str, well: Container[int] = (0, 1)) -> Step:
    """A step that runs a program, its output thrown away; an exit code that is not well stops the benchmark."""

    def run() -> Cost:
        silent = [
            (os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0)
            for stream in (1, 2)
        ]
        start = time.perf_counter()
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=silent)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
        if (code := os.waitstatus_to_exitcode(status)) not in well:
            raise SystemExit(
                f"`{shlex.join(argv)}` ended with {code}: nothing to measure"
            )
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)

    return run


def together(steps: Sequence[Step], workers: int = 1) -> Step:
    """A step that runs others, so many at a time."""

    def run() -> Cost:
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            costs = list(pool.map(lambda step: step(), steps))
        wall = time.perf_counter() - start
        return Cost(
            wall, sum(cost.cpu for cost in costs), max(cost.memory for cost in costs)
        )

    return run


def interleaved(steps: Mapping[str, Step], repeats: int) -> dict[str, Costs]:
    """Each step in turn, again and again: a slow moment hits all alike. The first round only warms up."""
    rounds = [
        {name: step() for name, step in steps.items()} for _ in range(repeats + 1)
    ][1:]
    return {name: Costs.of([costs[name] for costs in rounds]) for name in steps}
