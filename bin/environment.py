"""Build the Python environment of helm-llm, once, if no interpreter has its dependencies.

`environment.py` as a program prints the directories of the running interpreter's
dependencies. It exits with 1 if a dependency is missing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import NoReturn

CODE = Path(__file__).parents[1]
LOCK = CODE / "requirements.lock"
MODULES = {"click": "click", "pyyaml": "yaml", "jsonschema-rs": "jsonschema_rs"}
ON_WINDOWS = os.name == "nt"
PYTHON = "Scripts/python.exe" if ON_WINDOWS else "bin/python"
HINTS = (
    "Do one of the following:",
    "- give pip or uv access to a package index, or set HELM_LLM_WHEELS to a directory with the wheels",
    "- set HELM_LLM_PYTHON to a Python 3.10 or newer with click, pyyaml and jsonschema-rs",
    "- run `pipx install helm-llm` or `uv tool install helm-llm`, then call helm-llm instead of helm llm",
)


@dataclass(frozen=True)
class Launch:
    """How to start helm-llm."""

    python: str
    bytecode: Path | None
    """Where Python caches bytecode; None if no directory is writable."""
    path: str
    """PYTHONPATH."""
    packages: str
    """The directories of the dependencies, separated as in PYTHONPATH."""


def prepare_environment(home: Path | None) -> Launch:
    """Return the cached environment, and build it first if necessary."""
    if home is None:
        fail(
            "cannot write to a directory for its Python environment: "
            "set HELM_LLM_HOME to a writable directory"
        )
    environment = home / f"env-{digest()}"
    found = packages_of(environment)
    if found is None:
        with exclusive(environment.with_suffix(".lock")):
            found = packages_of(environment) or build(environment)
        remove_old(home, environment)
    return Launch(str(environment / PYTHON), environment / "bytecode", str(CODE), found)


def digest() -> str:
    """Return a hash of what the environment depends on.

    Our own code is left out. It runs from the plugin directory, so an update rebuilds nothing.
    """
    # In a virtual environment, the interpreter that it was created from.
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    facts = [
        str(sys.implementation.cache_tag),
        platform.machine(),
        *platform.libc_ver(),
        base,
    ]
    return hashlib.sha256(LOCK.read_bytes() + "\n".join(facts).encode()).hexdigest()[
        :16
    ]


def packages_of(environment: Path) -> str | None:
    command = [str(environment / PYTHON), __file__]
    environ = os.environ | {"PYTHONPATH": ""}
    try:
        ran = subprocess.run(command, env=environ, capture_output=True, text=True)
    except OSError:
        return None
    return None if ran.returncode else ran.stdout.strip()


def packages() -> str | None:
    """Return the directories of the dependencies; None if one is missing, too old or broken."""
    directories = set()
    try:
        for name, oldest in declared_dependencies():
            if release(metadata.version(name)) < oldest:
                return None
            module = import_module(MODULES[name])
            directories.add(str(Path(module.__file__ or "").parents[1]))
    except ImportError:
        return None
    return os.pathsep.join(sorted(directories))


def declared_dependencies() -> list[tuple[str, tuple[int, ...]]]:
    """Return the dependencies in pyproject.toml, all of which have the form name>=version.

    Python 3.10 has no TOML parser.
    """
    project = (CODE / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    if block is None:
        return []
    declared = re.findall(r'"([\w-]+)>=([\d.]+)"', block[1])
    return [(name, release(oldest)) for name, oldest in declared]


def release(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold a directory as the lock, which works on every file system."""
    started, reported = time.monotonic(), False
    while not create_lock(lock):
        with suppress(OSError):
            # A killed build has left the lock.
            if time.time() - lock.stat().st_mtime > 600:
                lock.rmdir()
        if not reported and time.monotonic() - started > 1:
            say(f"waiting for another call to build the Python environment ({lock})")
            reported = True
        time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.rmdir()


def create_lock(lock: Path) -> bool:
    with suppress(FileExistsError):
        lock.mkdir()
        return True
    return False


def build(environment: Path) -> str:
    say(f"building its Python environment, once, in a few seconds: {environment}")
    # An existing environment is broken, or this function would not run.
    shutil.rmtree(environment, ignore_errors=True)
    draft = environment.with_suffix(f".tmp.{os.getpid()}")
    try:
        fill(draft)
        # Another call that removed a stale lock may have been faster. Its copy is as good.
        with suppress(OSError):
            draft.rename(environment)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return packages_of(environment) or fail(
        f"the new Python environment does not work: {environment / PYTHON}", *HINTS
    )


def fill(draft: Path) -> None:
    failures = []
    for commands in recipes(draft):
        failure = first_failure(commands, draft.parent)
        if failure is None:
            return
        failures.append(failure)
        shutil.rmtree(draft, ignore_errors=True)
    fail("cannot build its Python environment", *failures, *HINTS)


def recipes(draft: Path) -> Iterator[list[list[str]]]:
    """Yield the ways to fill a virtual environment, fastest first.

    Installing pip into the environment takes twenty times as long as the other ways.
    """
    python = str(draft / PYTHON)
    source = []
    if wheels := os.environ.get("HELM_LLM_WHEELS"):
        source = ["--no-index", "--find-links", str(Path(wheels).absolute())]
    install = ["install", "--quiet", *source, "-r", str(LOCK)]
    venv = [sys.executable, "-m", "venv"]
    if uv := shutil.which("uv"):
        new = [uv, "venv", "--quiet", "--python", sys.executable, str(draft)]
        yield [new, [uv, "pip", *install, "--python", python]]
    if pip_has_python_option():
        yield [
            [*venv, "--without-pip", str(draft)],
            [sys.executable, "-m", "pip", "--python", python, *install],
        ]
    else:
        yield [[*venv, str(draft)], [python, "-m", "pip", *install]]


def pip_has_python_option() -> bool:
    with suppress(metadata.PackageNotFoundError):
        return release(metadata.version("pip")) >= (22, 3)
    return False


def first_failure(commands: list[list[str]], directory: Path) -> str | None:
    """Run commands in order and return the output of the first one that fails.

    They run in our own directory: uv reads its settings from the current directory, and
    Python imports modules from it.
    """
    # A user's PIP_USER=1 would install outside the virtual environment.
    environ = os.environ | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for command in commands:
        ran = subprocess.run(
            command,
            cwd=directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            output = (ran.stdout + ran.stderr).splitlines()
            lines = [line for line in output if not line.startswith("WARNING")]
            return "\n    ".join([shlex.join(command), *lines[-5:]])
    return None


def remove_old(home: Path, current: Path) -> None:
    month = 30 * 24 * 3600
    for other in home.glob("env-*"):
        if other != current and time.time() - other.stat().st_mtime > month:
            shutil.rmtree(other, ignore_errors=True)


def say(text: str) -> None:
    # Standard error may be full or closed.
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"helm llm: {text}\n")


def fail(*lines: str) -> NoReturn:
    say("\n".join(lines))
    sys.exit(3)


if __name__ == "__main__":
    sys.stdout.write(packages() or sys.exit(1))
