"""Memory and time of a simulator: many of them run next to a cluster on one small machine."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tests.simulator.conftest import Start
from tests.simulator.engine import ROOT

# Twice what is aimed at (0.3 s on an idle core, 40 MB), because machines that run tests are busy.
SECONDS, MEGABYTES = 0.6, 80


def test_it_is_small(start: Start) -> None:
    engine = start("m")
    for number in range(20):
        engine.chat(f"number {number}")
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident
    assert int(resident[1]) / 1000 < MEGABYTES


def test_it_is_quick(start: Start) -> None:
    """CPU time, not wall-clock time."""
    engine = start("m")
    fields = (
        Path(f"/proc/{engine.process.pid}/stat").read_text().rpartition(")")[2].split()
    )
    assert (int(fields[11]) + int(fields[12])) / 100 < SECONDS


def test_it_has_few_threads(start: Start) -> None:
    engine = start("m", SIM_HANG_AFTER="0")
    clients = [engine.accepts() for _ in range(100)]
    time.sleep(0.3)
    threads = len(list(Path(f"/proc/{engine.process.pid}/task").iterdir()))
    assert all(clients)
    assert threads <= 64


def test_its_files_are_small() -> None:
    files = [
        path
        for name in ("simulator", "engines")
        for path in (ROOT / "helm_llm" / name).rglob("*.*")
    ]
    used = sum(path.stat().st_size for path in files if path.suffix in (".py", ".json"))
    assert used < 2_000_000
