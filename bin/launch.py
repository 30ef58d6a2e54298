"""Choose the interpreter that runs helm-llm, record the choice for the launcher, start it.

`launch.py ASKED ARGUMENT...`: ASKED is what the launcher's search depends on. It becomes the
first line of the record. This file and environment.py need only the standard library. They
run with -B, so nothing is written to the plugin directory.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from environment import (
    CODE,
    HINTS,
    LOCK,
    ON_WINDOWS,
    Launch,
    fail,
    packages,
    prepare_environment,
)


def main() -> None:
    asked, *arguments = sys.argv[1:]
    # An exception lets a build clean up; the default action would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = writable_home()
    try:
        launch = this_interpreter(home) or prepare_environment(home)
    except OSError as error:
        fail(
            f"cannot prepare its Python environment: {error.filename or home}: {error.strerror}",
            *HINTS,
        )
    if home and not ON_WINDOWS:
        # Without a record the next call chooses again.
        with suppress(OSError):
            record_choice(home / "launch", asked, launch)
    start(launch, arguments)


def writable_home() -> Path | None:
    """Return the directory for the record and the environments.

    The plugin directory is unsuitable: an update deletes it, and an image mounts it read-only.
    """
    user = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or os.devnull)
    xdg_cache = Path(os.environ.get("XDG_CACHE_HOME") or user / ".cache")
    xdg_data = Path(os.environ.get("XDG_DATA_HOME") or user / ".local" / "share")
    cache = (
        os.environ.get("HELM_LLM_HOME")
        or os.environ.get("HELM_CACHE_HOME")
        or xdg_cache / "helm"
    )
    for candidate in (cache, os.environ.get("HELM_DATA_HOME") or xdg_data / "helm"):
        home = Path(candidate).absolute() / "llm"
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
            if os.access(home, os.W_OK):
                return home
    return None


def this_interpreter(home: Path | None) -> Launch | None:
    """Return how to start with the running interpreter, if it has the dependencies."""
    found = packages()
    if found is None:
        return None
    path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))
    return Launch(sys.executable, home and home / "bytecode", path, found)


def record_choice(file: Path, asked: str, launch: Launch) -> None:
    """Write the choice and a listing of the files it depends on.

    The launcher runs the same `ls` and compares the output.
    """
    depends_on = [str(LOCK), launch.python, *launch.packages.split(os.pathsep)]
    environ = os.environ | {"LC_ALL": "C"}
    listing = subprocess.run(
        ["ls", "-liLd", *depends_on], env=environ, capture_output=True, text=True
    )
    if listing.returncode == 0:
        draft = file.with_suffix(f".{os.getpid()}")
        lines = (
            asked,
            launch.python,
            launch.bytecode,
            launch.path,
            launch.packages,
            listing.stdout,
        )
        draft.write_text("\n".join(map(str, lines)))
        draft.replace(file)


def start(launch: Launch, arguments: list[str]) -> NoReturn:
    """Replace this process with helm-llm.

    With PYTHONPYCACHEPREFIX Python ignores bytecode next to the modules, so it must be able to
    write its own.
    """
    bytecode = {
        "PYTHONPYCACHEPREFIX": str(launch.bytecode or ""),
        "PYTHONDONTWRITEBYTECODE": "" if launch.bytecode else "1",
    }
    environ = os.environ | {"PYTHONPATH": launch.path} | bytecode
    command = [launch.python, str(CODE / "bin" / "start.py"), *arguments]
    if ON_WINDOWS:
        # There exec returns to the shell at once.
        sys.exit(subprocess.call(command, env=environ))
    os.execve(command[0], command, environ)


if __name__ == "__main__":
    main()
