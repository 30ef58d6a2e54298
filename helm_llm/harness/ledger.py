"""The ledger: a run records each resource before it creates it.

`helm llm test --clean` finds the record even after a `kill -9`. A run holds a lock on
its directory while it lives; the system releases that lock however the process ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from helm_llm import marks
from helm_llm.cache import cache_directory, replace_file
from helm_llm.errors import HelmLlmError, ToolError, UsageError
from helm_llm.harness import deadline
from helm_llm.harness.created import CreatedResource, from_json, to_json

_FILE = "things.json"


@dataclass(slots=True)
class Ledger:
    """The resources of one run."""

    id: str
    directory: Path
    keep: bool
    report: Callable[[str], None]
    _resources: list[CreatedResource] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def hold(self, resource: CreatedResource) -> Iterator[None]:
        """Record a resource that the block creates, and remove it after the block.

        With `keep` it stays, and the user gets a command to inspect it.
        """
        self._update(lambda: self._resources.append(resource))
        try:
            yield
        finally:
            if self.keep:
                self.report(f"kept: {resource.inspect_command()}")
            else:
                self._remove(resource)

    def _remove(self, resource: CreatedResource) -> None:
        try:
            _remove_despite_interruption(resource)
        except ToolError as error:
            self.report(f"{error}; run `helm llm test --clean` to try again")
        else:
            self._update(lambda: self._resources.remove(resource))

    def _update(self, change: Callable[[], None]) -> None:
        with self._guard:
            change()
            entries = [to_json(resource) for resource in self._resources]
            replace_file(self.directory / _FILE, json.dumps(entries, indent=1))

    @property
    def is_empty(self) -> bool:
        """Whether no resource is left."""
        return not self._resources


def _remove_despite_interruption(resource: CreatedResource) -> None:
    try:
        resource.remove()
    except ToolError:
        # Ctrl-C ends every program of the run, also one that was removing something.
        if not deadline.is_stopping():
            raise
        resource.remove()


@contextlib.contextmanager
def open_ledger(report: Callable[[str], None], *, keep: bool) -> Iterator[Ledger]:
    """Open the ledger of a new run; its children carry the id of the run."""
    id = secrets.token_hex(4)
    directory = _runs_directory() / id
    directory.mkdir(parents=True, mode=0o700)
    ledger = Ledger(id, directory, keep, report)
    with _lock(directory) as locked:
        assert locked  # noqa: S101 - the directory is new
        marks.mark_children(id)
        try:
            yield ledger
        finally:
            if ledger.is_empty:
                shutil.rmtree(directory, ignore_errors=True)
            elif keep:
                report("run `helm llm test --clean` to remove what was kept")


def clean(report: Callable[[str], None]) -> int:
    """Remove what killed and kept runs left behind; return the exit code."""
    code = 0
    for directory in sorted(_runs_directory().glob("*")):
        with _lock(directory) as locked:
            if not locked:
                report(f"run {directory.name} is still active: left alone")
            elif not _clean_run(directory, report):
                code = 3
    return code


def _clean_run(directory: Path, report: Callable[[str], None]) -> bool:
    ended = len(marks.end_marked(directory.name))
    if ended:
        plural = "es" if ended > 1 else ""
        report(f"ended: {ended} process{plural} of run {directory.name}")
    try:
        resources = _load_resources(directory)
    except ToolError as error:
        report(str(error))
        return False
    # The last one first: a release goes before its namespace and its cluster.
    left = [each for each in reversed(resources) if not _try_remove(each, report)]
    if left:
        return False
    shutil.rmtree(directory, ignore_errors=True)
    return True


def _try_remove(resource: CreatedResource, report: Callable[[str], None]) -> bool:
    name = f"{type(resource).__name__.lower()} {resource.name}"
    try:
        resource.remove()
    except HelmLlmError as error:
        report(f"{name} was not removed: {error}")
        return False
    report(f"removed: {name}")
    return True


def _load_resources(directory: Path) -> list[CreatedResource]:
    file = directory / _FILE
    try:
        return [from_json(entry) for entry in json.loads(file.read_text("utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ToolError(
            f"{file} cannot be read: remove by hand what the run left behind, "
            f"then {directory}"
        ) from None


def _runs_directory() -> Path:
    return cache_directory() / "runs"


@contextlib.contextmanager
def _lock(directory: Path) -> Iterator[bool]:
    with (directory / "lock").open("w") as file:
        yield _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    if os.name == "nt":
        raise UsageError(
            "helm llm test runs on Linux and macOS; on Windows use it in WSL"
        )
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
