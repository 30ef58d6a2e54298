"""Choose the interpreter that runs helm-llm, note the choice for the launcher, start it.

`launch.py ASKED ARGUMENT...`: ASKED is what the launcher's search depended on, the first line of its note.
This and environment.py need the standard library only, and run with -B: the plugin directory is not written to.
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
    CURES,
    LOCK,
    ON_WINDOWS,
    Launch,
    built_environment,
    fail,
    packages,
)


def main() -> None:
    asked, *arguments = sys.argv[1:]
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that a build cleans up behind itself
    home = writable_home()
    try:
        launch = this_interpreter(home) or built_environment(home)
    except OSError as error:
        fail(
            f"cannot prepare its Python environment: {error.filename or home}: {error.strerror}",
            *CURES,
        )
    if home and not ON_WINDOWS:
        with suppress(OSError):  # without a note the next call chooses again
            note(home / "launch", asked, launch)
    start(launch, arguments)


def writable_home() -> Path | None:
    """Where note and environments lie. Not the plugin directory: an update wipes it, an image mounts it read-only."""
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
    found = packages()
    if found is None:
        return None
    path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))
    return Launch(sys.executable, home and home / "bytecode", path, found)


def note(file: Path, asked: str, launch: Launch) -> None:
    """Write down the choice and the state of what it rests on, in the words of the `ls` that the launcher compares."""
    rests_on = [str(LOCK), launch.python, *launch.packages.split(os.pathsep)]
    environ = os.environ | {"LC_ALL": "C"}
    listing = subprocess.run(
        ["ls", "-liLd", *rests_on], env=environ, capture_output=True, text=True
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
    """With the prefix Python ignores the bytecode that lies beside its modules, so it must be able to write its own."""
    bytecode = {
        "PYTHONPYCACHEPREFIX": str(launch.bytecode or ""),
        "PYTHONDONTWRITEBYTECODE": "" if launch.bytecode else "1",
    }
    environ = os.environ | {"PYTHONPATH": launch.path} | bytecode
    command = [launch.python, str(CODE / "bin" / "start.py"), *arguments]
    if ON_WINDOWS:  # where exec returns to the shell at once
        sys.exit(subprocess.call(command, env=environ))
    os.execve(command[0], command, environ)


if __name__ == "__main__":
    main()
