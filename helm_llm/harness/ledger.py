"""What a run has created is written down before it is created, so that `--clean` finds it after a kill -9.

A run holds a lock on its directory while it lives; the system lets go of it however the process ends.
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
from helm_llm.harness.created import AnyThing, from_json, to_json


@dataclass(slots=True)
class Ledger:
    """What one run holds."""

    id: str
    directory: Path
    keep: bool
    tell: Callable[[str], None]
    _things: list[AnyThing] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def hold(self, thing: AnyThing) -> Iterator[None]:
        """Written down first; removed at the end of the block, unless the run keeps what it made."""
        self._write(lambda: self._things.append(thing))
        try:
            yield
        finally:
            if self.keep:
                self.tell(f"kept: {thing.look()}")
            else:
                self._remove(thing)

    def _remove(self, thing: AnyThing) -> None:
        try:
            thing.remove()
        except ToolError as error:
            self.tell(f"{error}; `helm llm test --clean` tries again to remove it")
        else:
            self._write(lambda: self._things.remove(thing))

    def _write(self, change: Callable[[], None]) -> None:
        with self._guard:
            change()
            text = json.dumps([to_json(thing) for thing in self._things], indent=1)
            replace_file(self.directory / "things.json", text)

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not self._things


@contextlib.contextmanager
def open_ledger(tell: Callable[[str], None], *, keep: bool) -> Iterator[Ledger]:
    """A new run; its children carry its id."""
    id = secrets.token_hex(4)
    directory = _runs() / id
    directory.mkdir(parents=True, mode=0o700)
    ledger = Ledger(id, directory, keep, tell)
    with _lock(directory) as locked:
        assert locked  # noqa: S101 - the directory is new
        marks.mark(id)
        try:
            yield ledger
        finally:
            if ledger.empty:
                shutil.rmtree(directory, ignore_errors=True)
            elif keep:
                tell("`helm llm test --clean` removes what was kept")


def clean(tell: Callable[[str], None]) -> int:
    """Remove what killed and kept runs left; returns the exit code."""
    failed = False
    for directory in sorted(_runs().glob("*")):
        with _lock(directory) as locked:
            if not locked:
                tell(f"run {directory.name} still goes on: left alone")
            elif not _cleaned(directory, tell):
                failed = True
    return 3 if failed else 0


def _cleaned(directory: Path, tell: Callable[[str], None]) -> bool:
    ended = marks.end_marked(directory.name)
    if ended:
        tell(
            f"ended: {len(ended)} process{'es' * (len(ended) > 1)} of run {directory.name}"
        )
    try:
        things = _things(directory)
    except ToolError as error:
        tell(str(error))
        return False
    left = [thing for thing in reversed(things) if not _gone(thing, tell)]
    if not left:
        shutil.rmtree(directory, ignore_errors=True)
    return not left


def _gone(thing: AnyThing, tell: Callable[[str], None]) -> bool:
    try:
        thing.remove()
    except HelmLlmError as error:
        tell(f"{type(thing).__name__.lower()} {thing.name} stays: {error}")
        return False
    tell(f"removed: {type(thing).__name__.lower()} {thing.name}")
    return True


def _things(directory: Path) -> list[AnyThing]:
    file = directory / "things.json"
    try:
        return [from_json(entry) for entry in json.loads(file.read_text("utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ToolError(
            f"{file} cannot be read: remove by hand what the run left, then {directory}"
        ) from None


def _runs() -> Path:
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
