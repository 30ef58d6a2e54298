"""Run the fuzzer for a time or a number of cases, or repeat a saved case."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count
from pathlib import Path

from tests.fuzz import judge, runner, worker
from tests.fuzz.case import from_json
from tests.fuzz.charts import ROOT
from tests.fuzz.judge import Complaint
from tests.fuzz.summary import Summary, ascii_only, save
from tests.fuzz.worker import Checked

_CHUNK = 20
_MOST_SAVED = 24


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument(
        "--count", type=int, help="run this many inputs instead, without a time limit"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="default: a new one, which is printed"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kind", default="", help="run only inputs of this kind")
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first input"
    )
    parser.add_argument(
        "--repeat", type=Path, help="directory of a saved case to repeat"
    )
    return parser.parse_args()


def main() -> int:
    """Return the exit code: 1 if a case failed."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="helm-llm-fuzz-") as base:
        return _repeat(given.repeat, base) if given.repeat else _fuzz(given, base)


def _helms() -> dict[str, str]:
    tool = [sys.executable, str(ROOT / "ci" / "tools" / "tool.py")]
    paths = {}
    for name in ("helm3", "helm4"):
        done = subprocess.run(
            [*tool, name], check=True, stdout=subprocess.PIPE, text=True
        )
        paths[name] = done.stdout.strip()
    return paths


def _fuzz(given: argparse.Namespace, base: str) -> int:
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    summary = Summary(seed)
    print(f"seed {seed}", flush=True)
    with ProcessPoolExecutor(
        given.workers, initializer=worker.start, initargs=(base, _helms())
    ) as pool:
        for checked in _check_cases(given, seed, pool):
            summary.add(checked)
        saved = _save_failures(summary, pool)
    summary.show(saved)
    return int(bool(summary.groups))


def _check_cases(
    given: argparse.Namespace, seed: int, pool: ProcessPoolExecutor
) -> Iterator[Checked]:
    """Yield the result of each case in order. A few chunks run in advance."""
    running: deque[Future[list[Checked]]] = deque()
    for numbers in _chunks(given):
        running.append(pool.submit(worker.check, seed, numbers, given.kind))
        if len(running) > 2 * given.workers:
            yield from running.popleft().result()
    while running:
        yield from running.popleft().result()


def _chunks(given: argparse.Namespace) -> Iterator[range]:
    end = time.monotonic() + given.minutes * 60
    for first in count(given.first, _CHUNK):
        last = first + _CHUNK
        if given.count is not None:
            last = min(last, given.first + given.count)
            if first >= last:
                return
        elif time.monotonic() > end:
            return
        yield range(first, last)


def _save_failures(
    summary: Summary, pool: ProcessPoolExecutor
) -> dict[Complaint, Path]:
    """Reduce and save the first failure of each sort."""
    if not summary.groups:
        return {}
    top = Path(tempfile.mkdtemp(prefix=f"helm-llm-fuzz-failures-{summary.seed}-"))
    groups = sorted(summary.groups.items(), key=lambda group: -len(group[1]))
    futures = {}
    for complaint, failures in groups[:_MOST_SAVED]:
        futures[complaint] = pool.submit(worker.minimize_failure, failures[0])
    saved = {}
    for index, (complaint, future) in enumerate(futures.items()):
        saved[complaint] = save(future.result(), top / str(index))
    return saved


def _repeat(directory: Path, base: str) -> int:
    worker.start(base, _helms())
    case = from_json(directory / "case.json")
    outcome = runner.run(case, worker.box())
    found = [
        worker.with_location(case, complaint)
        for complaint in judge.complaints(case, outcome)
    ]
    print(f"helm llm lint {ascii_only(' '.join(map(repr, case.arguments)))}")
    print(
        f"exit code {outcome.code}, {outcome.seconds:.1f} s, {outcome.megabytes:.0f} MB"
    )
    for text in (outcome.out, outcome.err, outcome.stack, *outcome.changed):
        print(ascii_only(text))
    for complaint in found:
        print(f"FAILS: {ascii_only(str(complaint))}")
    return int(bool(found))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
