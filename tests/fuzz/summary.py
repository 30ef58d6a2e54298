"""Results of the fuzzer: progress, groups of failures, saved cases."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.case import to_json
from tests.fuzz.judge import Complaint
from tests.fuzz.sandbox import write_files
from tests.fuzz.worker import Checked, Failure

_EVERY = 10.0
"""Seconds between two progress lines."""


@dataclass
class Summary:
    """Counts by kind and by exit code, and failures by complaint."""

    seed: int
    start: float = field(default_factory=time.monotonic)
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    groups: dict[Complaint, list[Failure]] = field(default_factory=dict)
    slowest: float = 0.0
    _reported: float = field(default_factory=time.monotonic)

    def add(self, checked: Checked) -> None:
        """Count one case."""
        self.kinds[checked.kind] += 1
        self.codes[checked.code] += 1
        self.slowest = max(self.slowest, checked.seconds)
        for failure in checked.failures:
            if failure.complaint not in self.groups:
                print(
                    f"        {ascii_only(str(failure.complaint))}  (number {failure.number})",
                    flush=True,
                )
            self.groups.setdefault(failure.complaint, []).append(failure)
        if time.monotonic() - self._reported > _EVERY:
            self._reported = time.monotonic()
            print(self._progress(), flush=True)

    @property
    def inputs(self) -> int:
        """The number of cases so far."""
        return self.kinds.total()

    def _progress(self) -> str:
        seconds = time.monotonic() - self.start
        speed = f"{self.inputs} inputs, {self.inputs / seconds:.0f}/s"
        return f"{seconds:4.0f} s  {speed}, {len(self.groups)} sorts of failure"

    def show(self, saved: dict[Complaint, Path]) -> None:
        """Print all results."""
        print(self._progress())
        kinds = [f"{kind} {count}" for kind, count in self.kinds.most_common()]
        codes = [f"{code}: {count}" for code, count in sorted(self.codes.items())]
        print(f"kinds: {', '.join(kinds)}")
        print(f"exit codes: {', '.join(codes)}")
        print(f"slowest: {self.slowest:.1f} s; seed {self.seed}")
        for complaint, failures in sorted(
            self.groups.items(), key=lambda group: -len(group[1])
        ):
            numbers = ", ".join(str(failure.number) for failure in failures[:3])
            print(
                f"{len(failures):5}  {ascii_only(str(complaint))}  (number {numbers})"
            )
            if complaint in saved:
                print(f"       make fuzz FUZZ_REPEAT={saved[complaint]}")


def save(failure: Failure, directory: Path) -> Path:
    """Write files, case and output of a failure into a new directory, and return it."""
    (directory / "checkout").mkdir(parents=True)
    write_files(directory / "checkout", failure.case)
    (directory / "case.json").write_text(to_json(failure.case), "utf-8")
    lines = [
        f"{failure.complaint}",
        f"exit code {failure.outcome.code}",
        failure.outcome.out,
        failure.outcome.err,
        failure.outcome.stack,
    ]
    (directory / "outcome.txt").write_text(
        "\n".join(lines), "utf-8", "backslashreplace"
    )
    return directory


def ascii_only(text: str) -> str:
    """Return text that is safe in a terminal."""
    return text.encode("ascii", "backslashreplace").decode()
