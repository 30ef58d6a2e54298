"""The Python environment that helm-llm runs in when no interpreter at hand has its dependencies; built once, cached.

`environment.py` prints the directories that the dependencies of the interpreter running it lie in, or fails.
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
CURES = (
    "Any one of these helps:",
    "- let pip or uv reach a package index, or set HELM_LLM_WHEELS to a directory that holds the wheels",
    "- set HELM_LLM_PYTHON to a Python 3.10 or newer that has click, pyyaml and jsonschema-rs",
    "- install the program (pipx install helm-llm, or uv tool install helm-llm), then call helm-llm, not helm llm",
)


@dataclass(frozen=True)
class Launch:
    python: str
    bytecode: Path | None
    path: str
    packages: str


def built_environment(home: Path | None) -> Launch:
    if home is None:
        fail(
            "no directory to build its Python environment in can be written: set HELM_LLM_HOME to one"
        )
    environment = home / f"env-{digest()}"
    found = packages_of(environment)
    if found is None:
        with alone(environment.with_suffix(".lock")):
            found = packages_of(environment) or build(environment)
        remove_old(home, environment)
    return Launch(str(environment / PYTHON), environment / "bytecode", str(CODE), found)


def digest() -> str:
    """Our own code is no part of it: that runs from the plugin directory, so that an update rebuilds nothing."""
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
    with suppress(OSError):
        asked = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, text=True
        )
        return None if asked.returncode else asked.stdout.strip()
    return None


def packages() -> str | None:
    """The directories of the dependencies, or None when one is missing, too old, or does not load."""
    try:
        if any(
            release(metadata.version(name)) < least for name, least in oldest_accepted()
        ):
            return None
        modules = [import_module(MODULES[name]) for name, _ in oldest_accepted()]
    except ImportError:
        return None
    return os.pathsep.join(
        sorted({str(Path(module.__file__ or "").parents[1]) for module in modules})
    )


def oldest_accepted() -> list[tuple[str, tuple[int, ...]]]:
    """The dependencies in pyproject.toml, all of the form name>=version; Python 3.10 has no TOML reader."""
    project = (CODE / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    return [
        (name, release(least))
        for name, least in re.findall(
            r'"([\w-]+)>=([\d.]+)"', block[1] if block else ""
        )
    ]


def release(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a directory as the lock: any file system has those. After ten minutes it is one that a killed build left."""
    started, told = time.monotonic(), False
    while not taken(lock):
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > 600:
                lock.rmdir()
        if not told and time.monotonic() - started > 1:
            told = say(
                f"waiting for another call that builds its Python environment (it holds {lock})"
            )
        time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.rmdir()


def taken(lock: Path) -> bool:
    with suppress(FileExistsError):
        lock.mkdir()
        return True
    return False


def build(environment: Path) -> str:
    say(f"building its Python environment, once, some seconds: {environment}")
    shutil.rmtree(environment, ignore_errors=True)  # there, but it does not run
    draft = environment.with_suffix(f".tmp.{os.getpid()}")
    try:
        fill(draft)
        with suppress(
            OSError
        ):  # another call, past a stale lock, may have been faster: its copy is as good
            draft.rename(environment)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return packages_of(environment) or fail(
        f"the environment it built does not run: {environment / PYTHON}", *CURES
    )


def fill(draft: Path) -> None:
    failures = []
    for commands in recipes(draft):
        failure = first_failure(commands, draft.parent)
        if failure is None:
            return
        failures.append(failure)
        shutil.rmtree(draft, ignore_errors=True)
    fail("cannot build its Python environment", *failures, *CURES)


def recipes(draft: Path) -> Iterator[list[list[str]]]:
    """The ways to fill a virtual environment, best first: one with a pip of its own takes twenty times as long."""
    python, wheels, uv = (
        str(draft / PYTHON),
        os.environ.get("HELM_LLM_WHEELS"),
        shutil.which("uv"),
    )
    source = (
        ["--no-index", "--find-links", str(Path(wheels).absolute())] if wheels else []
    )
    install = ["install", "--quiet", *source, "-r", str(LOCK)]
    venv = [sys.executable, "-m", "venv"]
    if uv:
        new = [uv, "venv", "--quiet", "--python", sys.executable, str(draft)]
        yield [new, [uv, "pip", *install, "--python", python]]
    if pip_installs_elsewhere():
        yield [
            [*venv, "--without-pip", str(draft)],
            [sys.executable, "-m", "pip", "--python", python, *install],
        ]
    else:
        yield [[*venv, str(draft)], [python, "-m", "pip", *install]]


def pip_installs_elsewhere() -> bool:
    with suppress(metadata.PackageNotFoundError):
        return release(metadata.version("pip")) >= (22, 3)
    return False


def first_failure(commands: list[list[str]], directory: Path) -> str | None:
    """Run them in a directory of ours: uv takes settings, and Python modules, from the one it is started in."""
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
            said = [
                line
                for line in (ran.stdout + ran.stderr).splitlines()
                if not line.startswith("WARNING")
            ]
            return "\n    ".join([shlex.join(command), *said[-5:]])
    return None


def remove_old(home: Path, current: Path) -> None:
    month = 30 * 24 * 3600
    for other in home.glob("env-*"):
        if other != current and time.time() - other.stat().st_mtime > month:
            shutil.rmtree(other, ignore_errors=True)


def say(text: str) -> bool:
    with suppress(OSError, AttributeError):  # standard error may be full or closed
        sys.stderr.write(f"helm llm: {text}\n")
    return True


def fail(*lines: str) -> NoReturn:
    say("\n".join(lines))
    sys.exit(3)


if __name__ == "__main__":
    sys.stdout.write(packages() or sys.exit(1))
